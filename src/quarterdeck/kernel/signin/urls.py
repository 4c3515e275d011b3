"""Addresses of signing in; `web.urls` includes them at the root."""

from django.urls import include, path

from quarterdeck.kernel.signin import pages

urlpatterns = [
    path("welcome/", pages.welcome, name="welcome"),
    # Before allauth's, of which it is the front: the same name and address.
    path("accounts/login/", pages.sign_in, name="account_login"),
    path("accounts/email/", pages.to_profile, name="account_email"),
    path("accounts/second-factor/", pages.second_step, name="second_factor"),
    path("accounts/sessions/", pages.to_profile, name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
    path("settings/profile/", pages.profile, name="profile"),
    path("settings/profile/theme/", pages.theme, name="profile_theme"),
    path("settings/profile/sessions/<int:pk>/end/", pages.session_end, name="session_end"),
    path("settings/profile/sessions/end/", pages.sessions_end, name="sessions_end"),
]
