"""What is done to several rows of a list at once, and views that are kept."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from crm.models import SavedView


class SavedViewForm(forms.ModelForm):
    query = forms.CharField(required=False, max_length=2000, validators=[ProhibitNullCharactersValidator()])

    class Meta:
        model = SavedView
        fields = ("page", "name", "query")

    def _post_clean(self):
        """Django would put the values into a row here, which the service does."""


class BulkForm(forms.Form):
    """What to change in all chosen rows; what is left empty stays as it is in each.

    Fields are declared by the list. `values` are the ones that were filled in.
    """

    unchanged = _("leave as it is")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": "bulk_%s", **kwargs})  # the filters beside it have ids of their own

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.values():
            raise forms.ValidationError(_("Say what to change."), code="nothing")
        return cleaned

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
