from django.urls import path

from crm.views import activities, companies, lists, opportunities, sales
from crm.views.settings import PAGES, paste_rates
from crm.views.shelves import paths_of

app_name = "crm"
urlpatterns = [
    path("log/", activities.log, name="log"),
    path("log/<slug:key>/", activities.log_kind, name="log_kind"),
    path("activities/", activities.activities, name="activities"),
    path("activities/calendar/", activities.calendar, name="calendar"),
    path("activities/<int:pk>/", activities.edit_activity, name="edit_activity"),
    path("activities/<int:pk>/delete/", activities.drop_activity, name="delete_activity"),
    path("companies/", companies.companies, name="companies"),
    path("companies/choices/", companies.company_choices, name="company_choices"),
    path("companies/change/", companies.change_several, name="change_companies"),
    path("companies/new/", companies.new_company, name="new_company"),
    path("companies/<int:pk>/", companies.company, name="company"),
    path("companies/<int:pk>/edit/", companies.edit_company, name="edit_company"),
    path("companies/<int:pk>/contacts/new/", companies.new_contact, name="new_contact"),
    path("companies/<int:pk>/contacts/<int:contact_pk>/", companies.edit_contact, name="edit_contact"),
    path("companies/<int:pk>/contacts/<int:contact_pk>/delete/", companies.delete_contact, name="delete_contact"),
    path("views/", lists.keep_view, name="save_view"),
    path("views/<int:pk>/delete/", lists.drop_view, name="drop_view"),
    path("opportunities/", opportunities.opportunities, name="opportunities"),
    path("opportunities/board/<int:stage_pk>/", opportunities.board_column, name="board_column"),
    path("opportunities/list/", opportunities.opportunity_list, name="opportunity_list"),
    path("opportunities/change/", opportunities.change_several_opportunities, name="change_opportunities"),
    path("opportunities/new/", opportunities.new_opportunity, name="new_opportunity"),
    path("opportunities/<int:pk>/", opportunities.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/edit/", opportunities.edit_opportunity, name="edit_opportunity"),
    path("opportunities/<int:pk>/move/<int:stage_pk>/", opportunities.move, name="move_opportunity"),
    path("opportunities/<int:pk>/close/<int:stage_pk>/", opportunities.close, name="close_opportunity"),
    path("opportunities/<int:pk>/delete/", opportunities.drop_opportunity, name="delete_opportunity"),
    path("sales/", sales.sales, name="sales"),
    path("sales/products/", sales.product_choices, name="product_choices"),
    path("sales/new/", sales.new_sale, name="new_sale"),
    path("sales/<int:pk>/", sales.edit_sale, name="edit_sale"),
    path("sales/<int:pk>/delete/", sales.drop_sale, name="delete_sale"),
    path("settings/rates/paste/", paste_rates, name="paste_rates"),
    *(route for page in PAGES for route in paths_of(page)),
]
