"""What people are told about approvals."""

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.notifications.kinds import Channel, kind

ASKED = kind(
    "approvals.asked",
    title=_("Approvals asked of me"),
    message=_("%(actor)s asks for your approval: %(title)s"),
    channel=Channel.DIGEST,
)
DELEGATED = kind(
    "approvals.delegated",
    title=_("Approvals delegated to me"),
    message=_("%(actor)s passed an approval to you: %(title)s"),
    channel=Channel.DIGEST,
)
REMINDED = kind(
    "approvals.reminded",
    title=_("Reminders of approvals"),
    message=_("Still waiting for your approval: %(title)s, due %(due)s"),
    channel=Channel.DIGEST,
)
APPROVED = kind("approvals.approved", title=_("My requests approved"), message=_("%(actor)s approved %(title)s"))
DECLINED = kind(
    "approvals.declined",
    title=_("My requests declined"),
    message=_("%(actor)s declined %(title)s"),
    channel=Channel.DIGEST,
)
WITHDRAWN = kind("approvals.withdrawn", title=_("Approvals withdrawn"), message=_("%(actor)s withdrew %(title)s"))
