from django.urls import path

from tenants import views

app_name = "tenants"
urlpatterns = [
    path("", views.start, name="start"),
    path("organizations/", views.organizations, name="organizations"),
]
