"""What every model declares: whose data it holds, and who sees its rows."""

import pytest
from django.apps import apps

OURS = [model for model in apps.get_models() if model.__module__.startswith("huiju.")]


def test_models_with_people_say_which_fields_are_personal():
    undeclared = {}
    for model in OURS:
        privacy = getattr(model, "Privacy", None)
        if privacy is None:
            continue
        fields = {field.name for field in model._meta.concrete_fields} - {"id"}
        missing = fields - privacy.personal - privacy.open
        unknown = (privacy.personal | privacy.open) - fields
        if missing or unknown or privacy.personal & privacy.open:
            undeclared[model._meta.label] = (missing, unknown)

    assert undeclared == {}


def test_models_that_point_at_people_declare_privacy_and_reach():
    bare = {
        model._meta.label
        for model in OURS
        for field in model._meta.concrete_fields
        if field.related_model is not None
        and field.related_model._meta.label == "registry.Person"
        and not (hasattr(model, "Privacy") and hasattr(model, "Reach"))
    }

    assert bare == set()


def test_personal_data_stands_behind_row_security():
    open_tables = {
        model._meta.label
        for model in OURS
        if getattr(model, "Privacy", None)
        and model.Privacy.personal
        and not hasattr(model, "Reach")
    }

    assert open_tables == set()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_constraint_names_read_as_sentences(model):
    names = [constraint.name for constraint in model._meta.constraints]

    assert [name for name in names if name.count("_") < 2] == []
