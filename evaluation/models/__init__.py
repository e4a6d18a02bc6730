from evaluation.models.administration import Administration, Occasion, Response, Score
from evaluation.models.api_token import ApiToken
from evaluation.models.appointment import Appointment
from evaluation.models.approach import Approach, ApproachKey, ApproachStep, ResearchWish, SamplingFrame
from evaluation.models.code import Code
from evaluation.models.coding import Coding, CodingRound, Settlement
from evaluation.models.consent import ConsentDecision, ConsentForm, ConsentStatement, Withdrawal
from evaluation.models.coreq import CoreqText
from evaluation.models.export import DownloadLink, Export, ExportedParticipant
from evaluation.models.fieldwork import Interview, Observation, ObservationConsent, Source
from evaluation.models.identity import IdentityKey, IdentityLook, IdentityRequest
from evaluation.models.memo import CellSummary, Memo
from evaluation.models.notice import WithdrawalNotice
from evaluation.models.participant import Participant
from evaluation.models.questionnaire import (
    Event,
    InstrumentItem,
    InstrumentVersion,
    PlannedInstrument,
    QuestionnairePlan,
)
from evaluation.models.record import InterviewCorrection, RecordLock
from evaluation.models.redaction import Redaction, Replacement
from evaluation.models.study import Study, StudyMember
from evaluation.models.talk import Talk, TalkEntry
from evaluation.models.topic_guide import TopicGuide, TopicPrompt
from evaluation.models.transcript import TranscriptState, TranscriptStep

__all__ = [
    "Administration",
    "ApiToken",
    "Appointment",
    "Approach",
    "ApproachKey",
    "ApproachStep",
    "CellSummary",
    "Code",
    "Coding",
    "CodingRound",
    "ConsentDecision",
    "ConsentForm",
    "ConsentStatement",
    "CoreqText",
    "DownloadLink",
    "Event",
    "Export",
    "ExportedParticipant",
    "IdentityKey",
    "IdentityLook",
    "IdentityRequest",
    "InstrumentItem",
    "InstrumentVersion",
    "Interview",
    "InterviewCorrection",
    "Memo",
    "Observation",
    "ObservationConsent",
    "Occasion",
    "Participant",
    "PlannedInstrument",
    "QuestionnairePlan",
    "RecordLock",
    "Redaction",
    "Replacement",
    "ResearchWish",
    "Response",
    "SamplingFrame",
    "Score",
    "Settlement",
    "Source",
    "Study",
    "StudyMember",
    "Talk",
    "TalkEntry",
    "TopicGuide",
    "TopicPrompt",
    "TranscriptState",
    "TranscriptStep",
    "Withdrawal",
    "WithdrawalNotice",
]
