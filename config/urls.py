"""Public paths first, then everything of one organization under its slug (tenants.middleware opens it)."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("tenants.account_urls")),
    path("", include("tenants.urls")),
    path("<slug:slug>/", include("dashboards.urls")),
    path("<slug:slug>/", include("crm.urls")),
    path("<slug:slug>/", include("metrics.urls")),
    path("<slug:slug>/goals/", include("goals.urls")),
    path("<slug:slug>/", include("people.urls")),
    path("<slug:slug>/", include("notifications.urls")),
]
