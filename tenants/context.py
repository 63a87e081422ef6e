"""What every template knows of the open organization."""


def organization(request):
    if not hasattr(request, "member"):
        return {}
    return {
        "organization": request.organization,
        "member": request.member,
        "seats": request.seats,
        "today": request.today,
    }
