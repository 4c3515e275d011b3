"""Users, the tree of scopes, roles as sets of permissions, and grants of a role at a node."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.audit.models import Record


class UserManager(BaseUserManager["User"]):
    """Makes users with a normalised address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user who signs in by e-mail; without a password only sign-on through a provider works."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator."""
        return self.create_user(email, password, is_administrator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Someone who signs in. What one may do comes from grants; an administrator elevates for a limited time."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(_("active"), default=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    theme = models.CharField(max_length=5, default="auto", editable=False)
    language = models.CharField(max_length=10, blank=True, editable=False)
    time_zone = models.CharField(max_length=50, blank=True, editable=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name",)
        verbose_name = _("user")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Libraries ask for this; an administrator is what they mean."""
        return self.is_administrator

    @property
    def is_superuser(self) -> bool:
        """Libraries ask for this; nobody passes the access rules by a flag."""
        return False


class ScopeQuerySet(models.QuerySet["Scope"]):
    """Reads nodes."""

    def standing(self) -> ScopeQuerySet:
        """Return the nodes whose unit or initiative has not been removed: what may be picked."""
        return self.filter(is_removed=False)


class Scope(models.Model):
    """A node of the one tree over which rights are inherited; units, portfolios and projects each own one.

    `path` is the ids from the root, six hexadecimal digits each, so that a node's descendants are one contiguous range
    in any collation: `path >= p and path < p + "g"`. The node of what has been removed stays for its history, and for
    Undo; it is not offered any more.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=200)
    path = models.CharField(max_length=240, unique=True, editable=False)
    is_removed = models.BooleanField(default=False, editable=False)

    objects = ScopeQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [
            # Two first requests at once cannot make two roots.
            models.UniqueConstraint(fields=("kind",), condition=Q(parent__isnull=True), name="access_scope_one_root")
        ]
        verbose_name = _("node")
        verbose_name_plural = _("nodes")

    def __str__(self) -> str:
        return self.label

    @property
    def depth(self) -> int:
        """0 at the root."""
        return len(self.path) // 6 - 1

    @property
    def kind_word(self) -> str:
        """What it is a node of, in words."""
        return gettext("whole organisation") if self.parent_id is None else gettext(self.kind)


class Group(Record):
    """Users who are granted roles together."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    members: models.ManyToManyField[User, models.Model] = models.ManyToManyField(
        User, blank=True, related_name="access_groups", verbose_name=_("members")
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name


class AccessRole(Record):
    """A named set of permissions over record types, and the classes of sensitive fields that it opens.

    `permissions` maps a record type such as `people.person`, an app (`people.*`) or `*` to actions; `*` is every
    action.
    """

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)
    permissions = models.JSONField(_("permissions"), default=dict, blank=True)
    sees = models.JSONField(_("sees field classes"), default=list, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("access role")
        verbose_name_plural = _("access roles")

    def __str__(self) -> str:
        return self.name


class Grant(Record):
    """A role given to one user or one group at a node, and so below it, between two dates."""

    row_scope = ("scope",)

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="grants", verbose_name=_("user"))
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, blank=True, related_name="grants", verbose_name=_("group")
    )
    role = models.ForeignKey(AccessRole, models.PROTECT, related_name="grants", verbose_name=_("role"))
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="grants", verbose_name=_("node"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    #: The record that brought this grant about, such as a role assignment; it is withdrawn with it.
    origin_type = models.CharField(max_length=100, blank=True, editable=False)
    origin_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ("scope__path", "role__name")
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, group__isnull=True) | Q(user__isnull=True, group__isnull=False),
                name="access_grant_to_one",
                violation_error_message=_("Give the role to one user or to one group."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="access_grant_dates",
                violation_error_message=_("A grant ends on or after the day it starts."),
            ),
        ]
        indexes = [models.Index(fields=("origin_type", "origin_id"), name="access_grant_origin")]

    def __str__(self) -> str:
        return f"{self.user or self.group}: {self.role}, {self.scope}"


class ApiToken(models.Model):
    """A key by which a program acts for its owner, never beyond what the owner may do and what the token allows."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    #: The same form as `AccessRole.permissions`; the token gives what both it and its owner's roles give.
    permissions = models.JSONField(_("permissions"), default=dict)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("API token")

    def __str__(self) -> str:
        return self.name


class Elevation(models.Model):
    """A logged, time-limited act of an administrator: full rights, or seeing (or acting) as someone else."""

    class Kind(models.TextChoices):
        """What the administrator does meanwhile."""

        ADMINISTER = "administer", _("Administer")
        VIEW_AS = "view_as", _("View as")
        SIGN_IN_AS = "sign_in_as", _("Sign in as")

    user = models.ForeignKey(User, models.CASCADE, related_name="elevations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    target = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at",)
        indexes = [models.Index(fields=("user", "ends_at"), name="access_elevation_open")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
