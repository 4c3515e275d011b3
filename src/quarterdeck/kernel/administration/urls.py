"""Addresses of administration; `web.urls` includes them below `settings/`."""

from django.urls import path

from quarterdeck.kernel.administration.pages import elevation, matrix, people, tokens

urlpatterns = [
    path("access/", matrix.matrix, name="access_matrix"),
    path("access/roles/new/", matrix.role, name="access_role_new"),
    path("access/roles/<int:pk>/", matrix.role, name="access_role"),
    path("access/roles/<int:pk>/remove/", matrix.role_remove, name="access_role_remove"),
    path("access/why/", matrix.why, name="access_why"),
    path("access/why/<str:kind>/<int:pk>/", matrix.why_of, name="access_why_of"),
    path("access/grants/<int:pk>/end/", people.grant_end, name="grant_end"),
    path("users/", people.users, name="users"),
    path("users/invite/", people.user_invite, name="user_invite"),
    path("users/<int:pk>/", people.user, name="user"),
    path("users/<int:pk>/grant/", people.user_grant, name="user_grant"),
    path("users/<int:pk>/state/", people.user_state, name="user_state"),
    path("users/<int:pk>/act-as/", elevation.act_as, name="act_as"),
    path("groups/", people.groups, name="groups"),
    path("groups/new/", people.group, name="group_new"),
    path("groups/<int:pk>/", people.group, name="group"),
    path("groups/<int:pk>/grant/", people.group_grant, name="group_grant"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.token_end, name="token_revoke"),
    path("administer/", elevation.administer, name="administer"),
    path("administer/end/", elevation.end, name="elevation_end"),
]
