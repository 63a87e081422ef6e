"""A file to be loaded."""

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from crm.imports.kinds import KINDS
from crm.imports.meanings import SAID
from crm.models import ImportEncoding
from lib.uploads import MOST_BYTES


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in it"), choices=[(key, SAID[key].name) for key in KINDS])
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        help_text=_("CSV, as every spreadsheet saves it; at most 200 MB."),
    )
    source = forms.CharField(
        label=_("From which system"),
        required=False,
        max_length=50,
        help_text=_("Only where several systems use the same ids: a short name such as erp, the same every time."),
    )
    encoding = forms.ChoiceField(
        label=_("How the file was saved"),
        choices=ImportEncoding.choices,
        initial=ImportEncoding.UTF8,
        help_text=_("Letters such as é or ł tell: choose another one if they come out wrong."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            sentence = _("The file has %(size)s; at most %(most)s can be sent here. Load it in parts.")
            sizes = {"size": filesizeformat(file.size), "most": filesizeformat(MOST_BYTES)}
            raise forms.ValidationError(sentence % sizes)
        return file

    def clean(self):
        cleaned = super().clean()
        kind = KINDS.get(cleaned.get("kind"))
        if kind and cleaned.get("source") and not kind.has_source:
            self.add_error("source", _("Rows of this kind belong to no system: leave this empty."))
        return cleaned
