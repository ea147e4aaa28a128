"""Where a programme and a course group can be, and what may be done to programmes and rounds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stars.kernel.states import Lifecycle, move


class ProgrammeState(models.TextChoices):
    UNPUBLISHED = "unpublished", _("Not published")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class ProgrammeAction(models.TextChoices):
    PUBLISH = "publish", _("Publish")
    ARCHIVE = "archive", _("Archive")


PROGRAMME = Lifecycle(
    {
        ProgrammeAction.PUBLISH: move(ProgrammeState.UNPUBLISHED, ProgrammeState.ARCHIVED, to=ProgrammeState.PUBLISHED),
        ProgrammeAction.ARCHIVE: move(ProgrammeState.PUBLISHED, to=ProgrammeState.ARCHIVED),
    }
)


class GroupState(models.TextChoices):
    FORMING = "forming", _("Forming")
    RUNNING = "running", _("Learning is under way")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


class GroupAction(models.TextChoices):
    CREATE_GROUP = "create_group", _("Create a group")
    CHANGE_GROUP = "change_group", _("Change a group")
    START_GROUP = "start_group", _("Learning begins")
    FINISH_GROUP = "finish_group", _("Learning is over")
    CANCEL_GROUP = "cancel_group", _("Cancel the group")


# Making and changing move nothing: a group is born forming, and its dates and places can change only while it is.
GROUP = Lifecycle(
    {
        GroupAction.CREATE_GROUP: move(to=GroupState.FORMING),
        GroupAction.CHANGE_GROUP: move(GroupState.FORMING, to=GroupState.FORMING),
        GroupAction.START_GROUP: move(GroupState.FORMING, to=GroupState.RUNNING),
        GroupAction.FINISH_GROUP: move(GroupState.RUNNING, to=GroupState.FINISHED),
        GroupAction.CANCEL_GROUP: move(GroupState.FORMING, to=GroupState.CANCELLED),
    }
)
# The look of the status tag; the word always stands beside the colour.
GROUP_FAMILY: dict[str, str] = {
    GroupState.FORMING: "info",
    GroupState.RUNNING: "ok",
    GroupState.FINISHED: "mute",
    GroupState.CANCELLED: "bad",
}


class FieldAction(models.TextChoices):
    """What may be written without moving anything: programmes, venues and groups alike."""

    SAVE = "save", _("Save")


class RoundAction(models.TextChoices):
    """A round has no state: it is open when the clock is inside its window (T1)."""

    OPEN_ROUND = "open_round", _("Open a round")
    EDIT_ROUND = "edit_round", _("Change a round")
    CLOSE_ROUND = "close_round", _("Close a round")
