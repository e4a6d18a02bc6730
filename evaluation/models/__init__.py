from evaluation.models.consent import ConsentDecision, ConsentForm, ConsentStatement, Withdrawal
from evaluation.models.export import Export, ExportedParticipant
from evaluation.models.fieldwork import Interview, Observation, ObservationConsent, Source
from evaluation.models.participant import IdentityKey, IdentityLook, Participant
from evaluation.models.redaction import Redaction, Replacement
from evaluation.models.study import Study, StudyMember
from evaluation.models.transcript import TranscriptState, TranscriptStep

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
    "Redaction",
    "Replacement",
    "Source",
    "Study",
    "StudyMember",
    "TranscriptState",
    "TranscriptStep",
    "Withdrawal",
]
