"""One export that the second person has approved, which a worker makes once the demo runs; one that waits for her."""

from evaluation.models import Export, Study
from evaluation.services.export import approve_export, request_export
from peersupport.demo.cast import Telling, account_holder


def tell_exports(telling: Telling):
    study, words = Study.objects.get(), telling.words["study"]["exports"]
    asked, decided = telling.ago(hours=3), telling.ago(hours=2)
    lead, second = (account_holder(f"{name}@example.org", asked) for name in ("researcher", "keyholder"))
    export = request_export(
        study=study, profile=Export.Profile.EVERYTHING, is_linkable=True, by=second, now=asked, **words["whole"]
    )
    approve_export(export=export, reason=words["approved"], by=lead, now=decided)
    request_export(
        study=study, profile=Export.Profile.QUANTITATIVE, is_linkable=False, by=lead, now=decided, **words["waiting"]
    )
