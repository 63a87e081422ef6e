"""Pages of an organization's people and settings, under its slug."""

from django.urls import path

from people.views import invitations, members

app_name = "people"
urlpatterns = [
    path("members/", members.members, name="members"),
    path("members/<int:pk>/", members.edit, name="edit_member"),
    path("members/<int:pk>/deactivate/", members.deactivate, name="deactivate_member"),
    path("members/<int:pk>/reactivate/", members.reactivate, name="reactivate_member"),
    path("members/invite/", invitations.new, name="invite"),
    path("members/invitations/<int:pk>/resend/", invitations.resend, name="resend_invitation"),
    path("members/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
]
