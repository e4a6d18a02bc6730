from evaluation.models.consent import ConsentDecision, ConsentForm, ConsentStatement, Withdrawal
from evaluation.models.export import Export, ExportedParticipant
from evaluation.models.fieldwork import Interview, Observation, ObservationConsent, Source
from evaluation.models.participant import IdentityKey, IdentityLook, Participant
from evaluation.models.study import Study, StudyMember

__all__ = [
    "ConsentDecision",
    "ConsentForm",
    "ConsentStatement",
    "Export",
    "ExportedParticipant",
    "IdentityKey",
    "IdentityLook",
    "Interview",
    "Observation",
    "ObservationConsent",
    "Participant",
    "Source",
    "Study",
    "StudyMember",
    "Withdrawal",
]
