"""Each kind of file, by its own rules."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from crm.models import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    CustomField,
    ExchangeRate,
    Opportunity,
    Outcome,
    Pipeline,
    Stage,
)
from tenants.models import Member, Organization, Team, TeamMembership, User
from tests import world
from tests.crm.loading import counts, load, problems

# --- people -------------------------------------------------------------------------------------------------------


def test_members_get_a_seat_and_people_who_are_new_an_account_without_a_password(northwind, contoso):
    text = """
        email,name,role,external_id
        Carla@Contoso.example,Carla of Contoso,viewer,E8
        nobody@northwind.example,Nobody Yet,,E9
        rita@northwind.example,Rita R.,rep,E2
    """
    assert counts(load(northwind, "members", text)) == (2, 1, 0, 0)
    carla = Member.objects.select_related("user").get(external_id="E8")
    assert (carla.role, carla.user) == ("viewer", contoso.carla.user)
    assert carla.user.check_password(world.PASSWORD)  # an import never touches an account that is there
    nobody = Member.objects.select_related("user").get(external_id="E9")
    assert (nobody.role, nobody.user.has_usable_password(), nobody.is_active) == ("rep", False, True)
    assert counts(load(northwind, "members", text)) == (0, 0, 3, 0)
    assert User.objects.filter(email="nobody@northwind.example").count() == 1


def test_an_external_id_stays_with_its_member(northwind):
    text = """
        email,name,external_id
        new@northwind.example,New,E2
        other@northwind.example,Other,E9
        third@northwind.example,Third,E9
    """
    assert problems(load(northwind, "members", text)) == [
        (2, "external_id", "taken"),
        (4, "external_id", "duplicate"),
    ]


def test_the_last_administrator_stays_one(northwind):
    demoted = "email,name,role\nnora@northwind.example,Nora,manager"
    assert problems(load(northwind, "members", demoted)) == [(2, "role", "no_administrator")]
    assert problems(load(northwind, "members", "email,name,role,active\nnora@northwind.example,Nora,admin,no")) == [
        (2, "role", "no_administrator")
    ]
    handed_over = demoted + "\nmarco@northwind.example,Marco,admin"
    assert counts(load(northwind, "members", handed_over)) == (0, 2, 0, 0)


@pytest.mark.parametrize(
    "email", ["rita", "rita@", "@x.example", "a b@x.example", "a@x", "a@x..example", ".a@x.example"]
)
def test_an_address_must_be_one(northwind, email):
    assert problems(load(northwind, "members", f"email,name\n{email},Rita")) == [(2, "email", "not_an_email")]


def test_a_tree_of_teams_comes_in_any_order(northwind):
    text = """
        external_id,name,parent,manager
        B,Below,A,E2
        A,Above,T1,marco@northwind.example
    """
    assert counts(load(northwind, "teams", text)) == (2, 0, 0, 0)
    below = Team.objects.select_related("parent", "manager").get(external_id="B")
    assert (below.parent.name, below.parent.parent_id, below.manager) == ("Above", northwind.team.pk, northwind.rita)
    assert counts(load(northwind, "teams", text)) == (0, 0, 2, 0)
    assert counts(load(northwind, "teams", "external_id,name,parent\nB,Below,")) == (0, 1, 0, 0)
    below.refresh_from_db()
    assert (below.parent, below.manager) == (None, northwind.rita)


def test_teams_do_not_stand_in_a_circle(northwind):
    text = "external_id,name,parent\nT1,West,C\nC,Circle,T1\nD,Own,D\nE,Fine,T2"
    assert problems(load(northwind, "teams", text)) == [
        (2, "parent", "circle"),
        (3, "parent", "circle"),
        (4, "parent", "circle"),
    ]


def test_what_stands_below_a_wrong_row_is_wrong_too(northwind):
    text = "external_id,name,parent\nA,,\nB,Below,A\nC,Far below,B\nD,Fine,T1"
    run = load(northwind, "teams", text, valid_rows=True)
    assert problems(run) == [
        (2, "name", "required"),
        (3, "parent", "unknown_reference"),
        (4, "parent", "unknown_reference"),
    ]
    assert Team.objects.get(external_id="D").parent == northwind.team


def test_memberships_begin_end_and_never_overlap(northwind):
    text = "team,member,from,until\nT2,E2,2026-01-01,2026-07-01\nT2,E2,2026-07-01,\nT1,E2,2020-01-01,2026-01-01"
    assert counts(load(northwind, "team_memberships", text)) == (2, 1, 0, 0)
    stays = TeamMembership.objects.filter(member=northwind.rita).order_by("first_on").values_list("team__name", "until")
    assert [until for _team, until in stays] == [date(2026, 1, 1), date(2026, 7, 1), None]
    for wrong in ("T2,E2,2026-06-01,2026-06-02", "T2,E2,2025-06-01,2026-02-01", "T1,E2,2025-06-01,"):
        assert problems(load(northwind, "team_memberships", f"team,member,from,until\n{wrong}")) == [
            (2, "from", "overlaps")
        ]
    backwards = "team,member,from,until\nT2,E3,2026-06-01,2026-06-01"
    assert problems(load(northwind, "team_memberships", backwards)) == [(2, "until", "ends_before_it_starts")]


# --- words and rates ----------------------------------------------------------------------------------------------


def test_rates_are_of_foreign_currencies_above_nothing_and_once_a_day(northwind):
    text = "currency,from,rate,plan\nUSD,2026-01-01,0.9123456789,\nUSD,2026-01-01,0.9,yes\nGBP,2026-01-01,1.15,no"
    assert counts(load(northwind, "exchange_rates", text)) == (3, 0, 0, 0)
    assert ExchangeRate.objects.get(currency="USD", is_plan=False).rate == D("0.9123456789")
    assert counts(load(northwind, "exchange_rates", "currency,from,rate\nUSD,2026-01-01,0.92")) == (0, 1, 0, 0)
    wrong = "currency,from,rate\nEUR,2026-01-01,1\nUSD,2026-01-02,0\nUSD,2026-01-03,1\nUSD,2026-01-03,2"
    assert problems(load(northwind, "exchange_rates", wrong)) == [
        (2, "currency", "own_currency"),
        (3, "rate", "out_of_range"),
        (5, "", "duplicate"),
    ]


def test_plan_rates_are_asked_where_the_organization_converts_at_them(northwind):
    Organization.objects.update(uses_plan_rates=True)
    load(northwind, "exchange_rates", "currency,from,rate,plan\nUSD,2026-01-01,0.9,no")
    line = "document,line,day,company,quantity,gross,net,currency\nD,1,2026-02-01,ALFKI,1,1,1,USD"
    assert problems(load(northwind, "sale_lines", line)) == [(2, "currency", "rate_missing")]
    load(northwind, "exchange_rates", "currency,from,rate,plan\nUSD,2026-01-01,0.9,yes")
    assert counts(load(northwind, "sale_lines", line)) == (1, 0, 0, 0)


def test_stages_make_their_pipelines(northwind):
    text = """
        pipeline,stage,position,kind,probability_percent
        Renewal,Talk,0,,12.5
        Renewal,Won,1,won,100
        Sales,Lead,0,open,20
    """
    assert counts(load(northwind, "stages", text)) == (2, 1, 0, 0)
    assert Pipeline.objects.count() == 2
    assert Stage.objects.get(name="Talk").probability_percent == D("12.5")
    assert Stage.objects.get(name="Lead").probability_percent == 20
    assert problems(load(northwind, "stages", text.replace("12.5", "101"))) == [
        (2, "probability_percent", "out_of_range")
    ]


def test_kinds_of_activities_and_their_outcomes(northwind):
    assert counts(
        load(northwind, "activity_kinds", "key,name,needs_position\ndemo,Demonstration,yes\nvisit,Visit,no")
    ) == (1, 0, 1, 0)
    assert ActivityKind.objects.get(key="demo").needs_position
    assert counts(load(northwind, "outcomes", "kind,key,name\ndemo,reached,Reached\ncall,reached,Reached")) == (
        1,
        0,
        1,
        0,
    )
    assert Outcome.objects.filter(key="reached").count() == 2
    assert problems(load(northwind, "outcomes", "kind,key,name\nlunch,reached,Reached\ncall,Too Late,x")) == [
        (2, "kind", "unknown_reference"),
        (3, "key", "not_a_key"),
    ]


# --- companies ----------------------------------------------------------------------------------------------------


def test_fields_of_the_organizations_own_are_columns(northwind):
    fields = """
        record,key,label,kind,choices
        company,seats,Seats,number,
        company,menu,Menu,choice,Full; 100% vegan
        company,since,Since,day,
        company,chain,Chain,yes_no,
        opportunity,seats,Seats,number,
    """
    assert counts(load(northwind, "custom_fields", fields)) == (5, 0, 0, 0)
    Company.objects.filter(external_id="ALFKI").update(custom={"old": "kept", "menu": "Full"})
    text = """
        external_id,name,custom.seats,custom.menu,custom.since,custom.chain
        ALFKI,Alfreds Futterkiste,0040.50,,2020-02-29,yes
        NEW,New,,100% vegan,,no
    """
    assert counts(load(northwind, "companies", text)) == (1, 1, 0, 0)
    alfreds = Company.objects.get(external_id="ALFKI")
    assert alfreds.custom == {"old": "kept", "seats": "40.5", "since": "2020-02-29", "chain": True}
    assert Company.objects.get(external_id="NEW").custom == {"menu": "100% vegan", "chain": False}
    assert counts(load(northwind, "companies", text)) == (0, 0, 2, 0)
    assert problems(load(northwind, "companies", text.replace("100% vegan", "Meat").replace("2020-02-29", "soon"))) == [
        (2, "custom.since", "not_a_day"),
        (3, "custom.menu", "not_allowed"),
    ]
    run = load(northwind, "contacts", "external_id,company,name,custom.seats\nK,ALFKI,Kim,1")
    assert problems(run) == [(None, "", "unknown_column")]


def test_a_field_that_is_there_keeps_its_kind(northwind):
    load(northwind, "custom_fields", "record,key,label,kind\ncompany,seats,Seats,number")
    assert counts(load(northwind, "custom_fields", "record,key,label,kind\ncompany,seats,Chairs,number")) == (
        0,
        1,
        0,
        0,
    )
    assert CustomField.objects.get().label == "Chairs"
    wrong = "record,key,label,kind\ncompany,seats,Seats,text\ncompany,menu,Menu,choice"
    assert problems(load(northwind, "custom_fields", wrong)) == [
        (2, "kind", "kind_stays"),
        (3, "choices", "choices_needed"),
    ]


def test_a_company_has_a_whole_position_on_earth_or_none(northwind):
    head = "external_id,name,latitude,longitude,revenue,employees\n"
    good = head + "P,Place,-33.8688,151.2093,1000000.50,12\nQ,Nowhere,,,,"
    assert counts(load(northwind, "companies", good)) == (2, 0, 0, 0)
    place = Company.objects.get(external_id="P")
    assert (place.latitude, place.longitude, place.employees) == (D("-33.8688"), D("151.2093"), 12)
    wrong = head + "P,Place,91,0,,\nQ,Half,1,,,\nR,Long,1,-180.000001,,\nS,Crowd,,,,1.5"
    assert problems(load(northwind, "companies", wrong)) == [
        (2, "latitude", "out_of_range"),
        (3, "latitude", "position_incomplete"),
        (4, "longitude", "out_of_range"),
        (5, "employees", "not_whole"),
    ]


def test_the_day_a_company_came_stays_when_the_file_does_not_say(northwind):
    text = "external_id,name,created_on\nALFKI,Alfreds Futterkiste,\nNEW,New,"
    assert counts(load(northwind, "companies", text)) == (1, 0, 1, 0)
    assert Company.objects.get(external_id="ALFKI").created_on == date(2026, 1, 5)
    assert Company.objects.get(external_id="NEW").created_on == date(2026, 11, 20)


def test_contacts_follow_their_company(northwind):
    text = "external_id,company,name,title,email\nK1,ALFKI,Maria Anders,Sales,Maria@Alfreds.example\nK2,BOLID,Martín,,"
    assert counts(load(northwind, "contacts", text)) == (2, 0, 0, 0)
    maria = Contact.objects.select_related("company").get(external_id="K1")
    assert (maria.company, maria.email) == (northwind.alfreds, "maria@alfreds.example")


# --- opportunities ------------------------------------------------------------------------------------------------

DEALS = "external_id,name,company,pipeline,stage,amount,created_on,won_on,lost_on,person,shares\n"


def test_an_opportunity_takes_the_probability_of_its_stage(northwind):
    text = f"""{DEALS}
        O1,Deal,ALFKI,Sales,Offer,1000.5,2026-11-01,,,E2,
        O2,Shared,ALFKI,Sales,Won,9,2026-11-01,2026-11-09,,E2,E2:60;E3:40
    """
    assert counts(load(northwind, "opportunities", text)) == (2, 0, 0, 0)
    first, second = Opportunity.objects.order_by("external_id")
    assert (first.stage, first.pipeline) == (northwind.stage_offer, northwind.pipeline)
    assert (first.probability_percent, first.currency) == (50, "EUR")
    assert (second.won_on, second.shares) == (
        date(2026, 11, 9),
        {northwind.rita.pk: D("0.6"), northwind.ravi.pk: D("0.4")},
    )
    assert counts(load(northwind, "opportunities", text)) == (0, 0, 2, 0)


def test_a_stage_and_its_day_belong_together(northwind):
    rows = [
        "A,Deal,ALFKI,Sales,Won,1,2026-11-01,,,,",
        "B,Deal,ALFKI,Sales,Lost,1,2026-11-01,,,,",
        "C,Deal,ALFKI,Sales,Lead,1,2026-11-01,2026-11-02,,,",
        "D,Deal,ALFKI,Sales,Won,1,2026-11-01,2026-11-02,2026-11-02,,",
        "E,Deal,ALFKI,Sales,Lost,1,2026-11-01,,2026-11-02,,",
        "F,Deal,ALFKI,Other,Lead,1,2026-11-01,,,,",
        "G,Deal,ALFKI,Sales,Nowhere,1,2026-11-01,,,,",
    ]
    assert problems(load(northwind, "opportunities", DEALS + "\n".join(rows))) == [
        (2, "won_on", "won_needs_day"),
        (3, "lost_on", "lost_needs_day"),
        (4, "won_on", "not_won"),
        (5, "lost_on", "not_lost"),
        (7, "pipeline", "unknown_reference"),
        (8, "stage", "unknown_reference"),
    ]


SHARES = {
    "E2": "not_shares",
    "E2:0;E3:100": "not_shares",
    "E2:-10;E3:110": "not_shares",
    "E2:50;E3:50;": "not_shares",
    "E2:50.0000001;E3:49.9999999": "not_shares",
    "E2:50;E9:50": "unknown_member",
    "E2:50;E2:50": "shared_twice",
    "E2:50;rita@northwind.example:50": "shared_twice",
    "E2:99.999999": "shares_not_whole",
}


@pytest.mark.parametrize(("shares", "code"), SHARES.items())
def test_shares_are_of_members_and_make_the_whole(northwind, shares, code):
    row = f"O1,Deal,ALFKI,Sales,Offer,1,2026-11-01,,,E2,{shares}"
    assert problems(load(northwind, "opportunities", DEALS + row)) == [(2, "shares", code)]


# --- activities ---------------------------------------------------------------------------------------------------

HEAD = "external_id,kind,at,person,company,outcome,latitude,longitude,accuracy_m\n"
TIMES = {
    "2026-11-20T00:30": (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), date(2026, 11, 20)),
    "2026-11-19T23:30Z": (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), date(2026, 11, 20)),
    "2026-07-01 09:00:15.5": (datetime(2026, 7, 1, 7, 0, 15, 500000, tzinfo=UTC), date(2026, 7, 1)),
    "2026-11-20T09:00+05:30": (datetime(2026, 11, 20, 3, 30, tzinfo=UTC), date(2026, 11, 20)),
    "2026-03-29T02:30": (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29)),  # an hour that was left out
    "2026-10-25T02:30": (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),  # an hour that came twice
}


@pytest.mark.parametrize(("written", "meant"), TIMES.items())
def test_a_time_is_local_unless_it_says_otherwise_and_has_a_local_day(northwind, written, meant):
    assert counts(load(northwind, "activities", f"{HEAD}A1,visit,{written},E2,ALFKI,,,,")) == (1, 0, 0, 0)
    activity = Activity.objects.get()
    assert (activity.at, activity.day) == meant


@pytest.mark.parametrize(
    "written", ["2026-11-20", "20.11.2026 09:00", "2026-02-29T09:00", "2026-11-20T24:00", "2026-11-20T9:00", "now"]
)
def test_what_could_be_another_time_is_refused(northwind, written):
    assert problems(load(northwind, "activities", f"{HEAD}A1,visit,{written},E2,ALFKI,,,,")) == [
        (2, "at", "not_a_time")
    ]


def test_a_check_in_needs_its_position_and_a_visit_does_not(northwind):
    rows = [
        "A1,check-in,2026-11-20T09:00,E2,ALFKI,,52.52,13.4,12.5",
        "A2,visit,2026-11-20T09:00,E2,ALFKI,,,,",
        "A3,check-in,2026-11-20T09:00,E2,ALFKI,,,,",
        "A4,visit,2026-11-20T09:00,E2,ALFKI,,52.52,13.4,",
        "A5,call,2026-11-20T09:00,E2,,reached,,,",
        "A6,visit,2026-11-20T09:00,E2,,reached,,,",
    ]
    run = load(northwind, "activities", HEAD + "\n".join(rows), valid_rows=True)
    assert problems(run) == [
        (4, "latitude", "position_needed"),
        (5, "latitude", "position_incomplete"),
        (7, "outcome", "unknown_reference"),
    ]
    assert Activity.objects.get(external_id="A1").accuracy_m == D("12.5")
    assert Activity.objects.get(external_id="A5").outcome == northwind.reached


def test_a_note_keeps_its_lines(northwind):
    note = 'Said:\n\t"Come back in May"\nand left.'
    text = 'external_id,kind,at,note\nA1,visit,2026-11-20T09:00,"' + note.replace('"', '""') + '"\n'
    assert counts(load(northwind, "activities", text.encode())) == (1, 0, 0, 0)
    assert Activity.objects.get().note == note
