"""Companies, products and facts. A fact is something that happened: see docs/attainment.md."""

from crm.models.activities import Activity, ActivityKind, Outcome
from crm.models.companies import Company, Contact, CustomField
from crm.models.imports import OWED, Import, ImportChunk, ImportEncoding, ImportProblem, ImportRow, ImportState
from crm.models.lists import SavedView
from crm.models.money import ExchangeRate
from crm.models.names import CompanyAlias, CompanyWord
from crm.models.opportunities import Opportunity, Pipeline, Stage, StageChange
from crm.models.products import Branch, Brand, Family, Product
from crm.models.sales import SaleLine

__all__ = [
    "OWED",
    "Activity",
    "ActivityKind",
    "Branch",
    "Brand",
    "Company",
    "CompanyAlias",
    "CompanyWord",
    "Contact",
    "CustomField",
    "ExchangeRate",
    "Family",
    "Import",
    "ImportChunk",
    "ImportEncoding",
    "ImportProblem",
    "ImportRow",
    "ImportState",
    "Opportunity",
    "Outcome",
    "Pipeline",
    "Product",
    "SaleLine",
    "SavedView",
    "Stage",
    "StageChange",
]
