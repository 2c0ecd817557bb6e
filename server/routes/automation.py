"""The rows of the route table for rules, targets, macros and surveys."""

from server.handlers import macros, rules, surveys, targets
from server.routes.route import ACCOUNT, ALL, CHAT, Route
from server.schemas import macros as macro_schemas
from server.schemas import rules as schemas
from server.schemas import surveys as survey_schemas
from server.schemas import targets as target_schemas
from server.schemas.fields import ListQuery

RULE = r"/api/rules/{rule_id:\d{1,20}}"
TARGET = r"/api/targets/{target_id:\d{1,20}}"
MACRO = r"/api/macros/{macro_id:\d{1,20}}"

AUTOMATION_ROUTES = (
    Route("GET", "/api/rules", rules.list_rules, answer=schemas.RuleList),
    Route(
        "POST",
        "/api/rules",
        rules.create_rule,
        body=schemas.CreateRule,
        answer=schemas.OneRule,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "POST",
        "/api/rules/try",
        rules.try_rule_on_chat,
        body=schemas.TryRule,
        answer=schemas.Trial,
        errors=("not_found",),
    ),
    Route("PATCH", RULE, rules.change_rule, body=schemas.ChangeRule, answer=schemas.OneRule),
    Route("DELETE", RULE, rules.delete_rule, status=204),
    Route("GET", RULE + "/runs", rules.list_rule_runs, query=ListQuery, answer=schemas.RuleRunList),
    Route("GET", "/api/targets", targets.list_targets, answer=target_schemas.TargetList),
    Route(
        "POST",
        "/api/targets",
        targets.create_target,
        body=target_schemas.CreateTarget,
        answer=target_schemas.OneTarget,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "PATCH",
        TARGET,
        targets.change_target,
        body=target_schemas.ChangeTarget,
        answer=target_schemas.OneTarget,
    ),
    Route("DELETE", TARGET, targets.delete_target, status=204),
    Route("GET", "/api/macros", macros.list_macros, answer=macro_schemas.MacroList),
    Route(
        "POST",
        "/api/macros",
        macros.create_macro,
        body=macro_schemas.CreateMacro,
        answer=macro_schemas.OneMacro,
        status=201,
        errors=("conflict",),
    ),
    Route("PATCH", MACRO, macros.change_macro, body=macro_schemas.ChangeMacro, answer=macro_schemas.OneMacro),
    Route("DELETE", MACRO, macros.delete_macro, status=204),
    Route(
        "POST",
        CHAT + r"/macros/{macro_id:\d{1,20}}",
        macros.run_macro,
        body=macro_schemas.RunMacro,
        answer=macro_schemas.RanMacro,
        errors=("conflict", "category_required", "plan_limit"),
    ),
    Route("GET", ACCOUNT + "/survey", surveys.show_survey_settings, answer=survey_schemas.OneSurveySettings),
    Route(
        "PUT",
        ACCOUNT + "/survey",
        surveys.put_survey_settings,
        body=survey_schemas.PutSurveySettings,
        answer=survey_schemas.OneSurveySettings,
    ),
    Route(
        "GET",
        ALL + "/surveys",
        surveys.list_surveys,
        query=survey_schemas.SurveyQuery,
        answer=survey_schemas.SurveyList,
    ),
    Route(
        "GET",
        ALL + "/surveys/summary",
        surveys.summarise_surveys,
        query=survey_schemas.SummaryQuery,
        answer=survey_schemas.SurveySummary,
    ),
    Route(
        "GET",
        ALL + "/surveys/export",
        surveys.export_surveys,
        query=survey_schemas.SurveyFilter,
        content_type="text/csv",
    ),
)
