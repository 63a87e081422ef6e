"""Files of rows, sent by administrators: checked by a worker, looked at, then applied or discarded."""

import tempfile
from functools import partial

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_import, imports_seen_by
from crm.forms.imports import ImportForm
from crm.imports import progress, reporting
from crm.imports.kinds import KINDS
from crm.imports.meanings import SAID
from crm.imports.services import accept, discard, send_file, try_again
from crm.views.answers import answered, saved, show_form
from lib.htmx import render_page
from tenants.access import requires_role
from tenants.models import Role

PER_PAGE = 50
by_administrators = requires_role(Role.ADMIN)


@require_safe
@by_administrators
def imports(request, slug):
    rows = imports_seen_by(request.member).order_by("-started_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for run in page:
        run.kind_name = SAID[run.kind].name if run.kind in SAID else run.kind
    return render(request, "crm/imports.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@by_administrators
def new_import(request, slug):
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*data, initial={"kind": request.GET.get("kind")})
    run = saved(form, partial(send_file, actor=request.member, at=request.now))
    if run:
        return redirect("crm:import", slug, run.pk)
    return show_form(request, "crm/import_form.html", form, kinds=reporting.kinds_said())


@require_safe
@by_administrators
def import_template(request, slug, key):
    """An empty file of the kind with one row as an example."""
    if key not in KINDS:
        raise Http404
    write = partial(reporting.write_template, KINDS[key], currency=request.organization.currency)
    return as_file(write, f"{key}.csv")


@require_safe
@by_administrators
def show_import(request, slug, pk):
    run = get_import(request.member, pk)
    context = {
        "run": run,
        "said": SAID[run.kind],
        "progress": progress.of(run) if run.is_under_way else None,
        "problems": reporting.first_problems(run),
        "problem_count": run.problems.count(),
        "verdict": reporting.verdict(run),
        "has_file": run.chunks.exists(),
    }
    return render_page(request, "crm/import.html", context, fragment="state")


@require_safe
@by_administrators
def wrong_rows(request, slug, pk):
    run = get_import(request.member, pk)
    return as_file(partial(reporting.write_wrong_rows, run), f"{run.kind}-{run.pk}-to-mend.csv")


@require_POST
@by_administrators
def apply_import(request, slug, pk):
    run = get_import(request.member, pk)
    act = partial(accept, actor=request.member, run=run, valid_rows=request.POST.get("rows") == "right")
    return answered(request, act, _("The rows are being written."), "crm:import", pk)


@require_POST
@by_administrators
def discard_import(request, slug, pk):
    act = partial(discard, actor=request.member, run=get_import(request.member, pk))
    return answered(request, act, _("The file is discarded. Nothing was changed."), "crm:import", pk)


@require_POST
@by_administrators
def repeat_import(request, slug, pk):
    act = partial(try_again, actor=request.member, run=get_import(request.member, pk))
    return answered(request, act, _("The file is checked again."), "crm:import", pk)


def as_file(write, name: str) -> FileResponse:
    """What `write` puts into a text, to be kept under this name; its mark tells spreadsheets that it is UTF-8."""
    file = tempfile.TemporaryFile("w+", encoding="utf-8-sig", newline="")  # noqa: SIM115 (the answer closes it)
    write(file)
    content = file.detach()
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


paths = [
    path("imports/", imports, name="imports"),
    path("imports/new/", new_import, name="new_import"),
    path("imports/templates/<slug:key>/", import_template, name="import_template"),
    path("imports/<int:pk>/", show_import, name="import"),
    path("imports/<int:pk>/wrong-rows/", wrong_rows, name="wrong_rows"),
    path("imports/<int:pk>/apply/", apply_import, name="apply_import"),
    path("imports/<int:pk>/discard/", discard_import, name="discard_import"),
    path("imports/<int:pk>/again/", repeat_import, name="repeat_import"),
]
