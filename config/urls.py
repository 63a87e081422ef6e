"""Public paths first, then everything of one organization under its slug (tenants.middleware opens it)."""

from django.urls import include, path

from agreements.views import sharing
from config import health
from notifications.views import notices

handler500 = "config.failures.server_error"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("people.account_urls")),
    path("accounts/", include("tenants.account_urls")),
    path("", include("tenants.urls")),
    path("unsubscribe/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("shared/<str:token>/", sharing.shared, name="shared_agreement"),
    path("<slug:slug>/", include("dashboards.urls")),
    path("<slug:slug>/", include("crm.urls")),
    path("<slug:slug>/", include("metrics.urls")),
    path("<slug:slug>/goals/", include("goals.urls")),
    path("<slug:slug>/agreements/", include("agreements.urls")),
    path("<slug:slug>/", include("people.urls")),
    path("<slug:slug>/", include("notifications.urls")),
]
