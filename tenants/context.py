"""What every template knows of the installation and of the open organization."""

from django.conf import settings


def organization(request):
    everywhere = {"sign_up_is_open": settings.SIGN_UP_OPEN}
    if not hasattr(request, "member"):
        return everywhere
    return everywhere | {
        "organization": request.organization,
        "member": request.member,
        "seats": request.seats,
        "today": request.today,
    }
