"""Why a service may say no, and how a page says so. Each app names its own refusals on top of this one."""

from contextlib import contextmanager

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.utils.functional import Promise


class Refused(Exception):
    """The rules don't allow it. `sentence` says why and what to do; `field` is where a form shows it."""

    sentence: str | Promise = ""
    field: str | None = None

    def __str__(self):
        return str(self.sentence)


@contextmanager
def refusing(refusal, *, constraint):
    """Turn a breach of the database constraint called `constraint` into `refusal`; the transaction lives on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != constraint:
            raise
        raise refusal from error


@contextmanager
def shown_on(form):
    """Show the sentence of a refused service as an error of `form`; the code after the block runs only then."""
    try:
        yield
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@contextmanager
def shown_to(request):
    """Show the sentence of a refused service as a message on the next page; what follows in the block is skipped."""
    try:
        yield
    except Refused as refusal:
        messages.error(request, str(refusal))
