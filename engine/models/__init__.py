"""Tables only, one module per group; behaviour lives in the packages above."""

from engine.models.base import Base, Instant, Json, new_id
from engine.models.calendar import CalendarDay
from engine.models.casework import (
    Case,
    CaseArchive,
    CaseCounter,
    CaseNumber,
    ClockStop,
    Correction,
    CreditEntry,
    Deadline,
    Delivery,
    Document,
    Evaluation,
    MaterialReceived,
    MatterEdition,
    MatterEvent,
    MatterVersion,
)
from engine.models.people import (
    ApiToken,
    BrowserSession,
    Department,
    Office,
    SignInFailure,
    User,
    UserRole,
)
from engine.models.process import (
    OPEN_STATES,
    Batch,
    BatchItem,
    Bundle,
    Circuit,
    Definition,
    Deployment,
    Draft,
    IdempotencyRecord,
    Incident,
    Instance,
    Job,
    Message,
    Scope,
    SourceFile,
    StartTrigger,
    Subscription,
    Task,
)
from engine.models.record import (
    AccessEvent,
    CaseData,
    Checkpoint,
    Event,
    EventValue,
    PersonKey,
)

__all__ = [
    "AccessEvent", "ApiToken", "Base", "Batch", "BatchItem", "BrowserSession", "Bundle", "CalendarDay", "Case",
    "CaseArchive", "CaseCounter",
    "CaseData", "CaseNumber", "Checkpoint", "Circuit", "ClockStop", "Correction", "CreditEntry", "Deadline", "Definition",
    "Delivery", "Department", "Deployment", "Document", "Draft", "Evaluation", "Event", "EventValue",
    "IdempotencyRecord", "Incident", "Instance", "Instant", "Job", "Json", "MaterialReceived",
    "MatterEdition", "MatterEvent", "MatterVersion", "Message", "OPEN_STATES", "Office", "PersonKey", "Scope", "SignInFailure", "SourceFile",
    "StartTrigger", "Subscription", "Task", "User", "UserRole", "new_id",
]  # fmt: skip
