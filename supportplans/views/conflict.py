"""A form that was filled in over what has changed since: both are shown, and neither is lost."""

from contextlib import contextmanager

from peersupport.refusals import shown_on
from supportplans.refusals import ChangedElsewhere


@contextmanager
def shown_with_theirs(form):
    """As `shown_on`. On a conflict `form.theirs` is what stands there now; saving again means: I have seen it."""
    with shown_on(form):
        try:
            yield
        except ChangedElsewhere as conflict:
            form.theirs = conflict.theirs
            form.data = form.data.copy()
            form.data["revision"] = conflict.theirs.revision
            raise
