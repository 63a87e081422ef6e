"""Who is in an organization and how it works: sign-up, invitations, members, teams, accounts, the calendar."""
