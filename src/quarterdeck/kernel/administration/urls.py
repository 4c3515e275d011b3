"""Addresses of administration, from the root."""

from django.urls import path

from quarterdeck.kernel.administration.pages import elevation, matrix, people, tokens

urlpatterns = [
    path("settings/access/", matrix.matrix, name="access_matrix"),
    path("settings/access/roles/new/", matrix.role, name="access_role_new"),
    path("settings/access/roles/<int:pk>/", matrix.role, name="access_role"),
    path("settings/access/roles/<int:pk>/remove/", matrix.role_remove, name="access_role_remove"),
    path("settings/access/why/", matrix.why, name="access_why"),
    path("settings/access/why/<str:kind>/<int:pk>/", matrix.why_of, name="access_why_of"),
    path("settings/access/grants/<int:pk>/end/", people.grant_end, name="grant_end"),
    path("settings/users/", people.users, name="users"),
    path("settings/users/invite/", people.user_invite, name="user_invite"),
    path("settings/users/<int:pk>/", people.user, name="user"),
    path("settings/users/<int:pk>/grant/", people.user_grant, name="user_grant"),
    path("settings/users/<int:pk>/state/", people.user_state, name="user_state"),
    path("settings/users/<int:pk>/act-as/", elevation.act_as, name="act_as"),
    path("settings/groups/", people.groups, name="groups"),
    path("settings/groups/new/", people.group, name="group_new"),
    path("settings/groups/<int:pk>/", people.group, name="group"),
    path("settings/groups/<int:pk>/grant/", people.group_grant, name="group_grant"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_end, name="token_revoke"),
    path("settings/administer/", elevation.administer, name="administer"),
    path("settings/administer/end/", elevation.end, name="elevation_end"),
]
