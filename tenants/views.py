"""Which organization to open."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from tenants.doors import seats_of


def start(request):
    """The bare address leads to the sign-in or, signed in, to one's organization."""
    return redirect("tenants:organizations" if request.user.is_authenticated else "account_login")


@login_required
def organizations(request):
    """The organizations of a person; the only one is opened at once, unless the list itself was asked for."""
    seats = seats_of(request.user.pk)
    if len(seats) == 1 and "list" not in request.GET:
        return redirect("dashboards:home", slug=seats[0].slug)
    return render(request, "tenants/organizations.html", {"seats": seats})
