"""How every form here is answered: saved and away, or shown again with what is wrong (422)."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.shortcuts import redirect, render
from django.urls import reverse

from crm.forms.fields import Search
from crm.refusals import Refused
from lib.numbers import id_in
from tenants.access import people_of


def sent(request):
    """The typed values when the form was sent, else None."""
    return request.POST if request.method == "POST" else None


def is_to_be_saved(request) -> bool:
    """Whether the form was sent to be saved; its other buttons only draw it anew."""
    return request.method == "POST" and request.POST.get("do", "save") == "save"


def saved(form: Form, save: Callable):
    """The row that the service made of a valid form, else None; a refusal becomes an error of the form."""
    if not form.is_bound or not form.is_valid():
        return None
    values = form.values() if hasattr(form, "values") else form.cleaned_data
    try:
        return save(**values)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def show_form(request, template: str, form: Form, **context):
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


def done(request, sentence: str, view: str, *args):
    """Back to a page that says what happened."""
    messages.success(request, sentence)
    return redirect(view, request.organization.slug, *args)


def answered(request, act: Callable, sentence: str, view: str, *args):
    """Runs a service that needs no form and says that it is done, or why it is not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(view, request.organization.slug, *args)
    return done(request, sentence, view, *args)


def typed(request, name: str) -> str:
    """A word of the address, without what no text may hold."""
    return request.GET.get(name, "").replace("\0", "")


def search_of(request, kind: str) -> Search:
    """How the form's picker of this kind (company, product) searches: as one types, or before, without script."""
    url = reverse(f"crm:{kind}_choices", args=[request.organization.slug])
    return Search(url, typed(request, f"{kind}_q"))


def chosen_owner(request):
    """The person whom the address names, if the member may see their facts."""
    return people_of(request.member, on=request.today).filter(pk=id_in(request.GET.get("owner", ""))).first()


def kept_words(request, *names: str) -> str:
    """The words of the address that another view of the same rows understands, too."""
    return urlencode({name: typed(request, name) for name in names if typed(request, name)})
