"""Contacts: the list of all, one of them, and those of a company."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import (
    activities_seen_by,
    contacts_seen_by,
    get_company_to_change,
    get_contact,
    get_contact_to_change,
    may_change,
)
from crm.filters.companies import ContactFilter
from crm.forms.companies import ContactForm
from crm.models import Contact
from crm.services.companies import add_contact, correct_contact, remove_contact
from crm.services.rows import fingerprint
from crm.tables.companies import CONTACTS
from crm.views.answers import answered, done, saved, sent, show_form
from crm.views.lists import Empty, show_list
from lib.tables import listing
from tenants.access import writes

ROWS_A_PAGE = 25


@require_safe
def contacts(request, slug):
    empty = Empty(
        "contact",
        _("No contacts yet"),
        _("The people at your companies: add them on a company's page, or let an administrator import them."),
        reverse("crm:companies", args=[slug]),
        _("To the companies"),
    )
    rows = contacts_seen_by(request.member)
    return show_list(request, "crm/contacts.html", table=CONTACTS, filters=ContactFilter, rows=rows, empty=empty)


@require_safe
def contact(request, slug, pk):
    """A person at a company, with what people did with them."""
    found = get_contact(request.member, pk)
    activities = activities_seen_by(request.member, on=request.today).filter(contact=found)
    context = {
        "contact": found,
        "listing": listing(activities, request.GET, orders=["-at"], per_page=ROWS_A_PAGE),
        "may_change": may_change(request.member, found.company, on=request.today),
    }
    return render(request, "crm/contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def new_contact(request, slug, pk):
    at = get_company_to_change(request.member, pk, on=request.today)
    form = ContactForm(sent(request))
    made = saved(form, partial(add_contact, actor=request.member, company=at))
    if made:
        return done(request, _("%s is added.") % made, "crm:company", pk)
    return show_form(request, "crm/contact_form.html", form, company=at)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_contact(request, slug, pk, contact_pk):
    contact: Contact = get_contact_to_change(request.member, pk, contact_pk, on=request.today)
    form = ContactForm(sent(request), instance=contact, initial={"seen": fingerprint(contact)})
    if saved(form, partial(correct_contact, actor=request.member, contact=contact)):
        return done(request, _("The contact is saved."), "crm:company", pk)
    delete_url = reverse("crm:delete_contact", args=[slug, pk, contact_pk])
    return show_form(
        request, "crm/contact_form.html", form, company=contact.company, contact=contact, delete_url=delete_url
    )


@require_POST
@writes
def delete_contact(request, slug, pk, contact_pk):
    contact = get_contact_to_change(request.member, pk, contact_pk, on=request.today)
    remove = partial(remove_contact, actor=request.member, contact=contact)
    return answered(request, remove, _("The contact is removed."), "crm:company", pk)
