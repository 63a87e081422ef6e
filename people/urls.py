"""Pages of an organization's people and settings, under its slug."""

from django.urls import path

from crm.views.shelves import paths_of
from people.views import account, invitations, members, organization, teams

app_name = "people"
urlpatterns = [
    path("account/", account.account, name="account"),
    path("settings/sign-in/", account.sign_in_rules, name="sign_in_rules"),
    path("settings/organization/", organization.organization, name="organization"),
    path("settings/calendar/", organization.calendar, name="calendar"),
    path("settings/colours/", organization.colours, name="colours"),
    path("settings/holidays/paste/", organization.paste_days_off, name="paste_days_off"),
    *paths_of(organization.HOLIDAYS),
    path("members/", members.members, name="members"),
    path("members/<int:pk>/", members.edit, name="edit_member"),
    path("members/<int:pk>/deactivate/", members.deactivate, name="deactivate_member"),
    path("members/<int:pk>/reactivate/", members.reactivate, name="reactivate_member"),
    path("members/invite/", invitations.new, name="invite"),
    path("members/invitations/<int:pk>/resend/", invitations.resend, name="resend_invitation"),
    path("members/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new_team, name="new_team"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/people/", teams.team_people, name="team_people"),
    path("teams/<int:pk>/edit/", teams.edit_team, name="edit_team"),
    path("teams/<int:pk>/move/", teams.move_team, name="move_team"),
    path("teams/<int:pk>/remove/", teams.remove_team, name="remove_team"),
    path("teams/<int:pk>/join/", teams.join_team, name="join_team"),
    path("teams/people/teamless/", teams.teamless_people, name="teamless_people"),
    path("teams/people/<int:pk>/", teams.person, name="teams_of_person"),
    path("teams/people/<int:pk>/join/", teams.place_person, name="place_person"),
    path("teams/stays/<int:pk>/move/", teams.move_person, name="move_person"),
    path("teams/stays/<int:pk>/days/", teams.correct_days, name="correct_days"),
    path("teams/stays/<int:pk>/undo/", teams.undo_move, name="undo_move"),
    path("teams/stays/<int:pk>/remove/", teams.remove_membership, name="remove_membership"),
]
