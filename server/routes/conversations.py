"""The rows of the route table for conversations, owners, teams and reports."""

from server.handlers import bulk, conversations, loads, notes, reports, teams
from server.routes.route import ACCOUNT, CHAT, Route
from server.schemas import conversations as schemas
from server.schemas import notes as note_schemas
from server.schemas import reports as report_schemas
from server.schemas.bulk import ChangeChats, ChangedChats
from server.schemas.fields import ListQuery
from server.schemas.loads import LoadList

TEAM = r"/api/teams/{team_id:\d{1,20}}"
NOTE = CHAT + r"/notes/{note_id:\d{1,20}}"
SETTINGS = "/api/team-settings"

CONVERSATION_ROUTES = (
    Route("GET", ACCOUNT + "/loads", loads.list_loads, query=ListQuery, answer=LoadList),
    Route("POST", ACCOUNT + "/chats/bulk", bulk.change_many, body=ChangeChats, answer=ChangedChats),
    Route(
        "PUT",
        CHAT + "/status",
        notes.set_status,
        body=schemas.SetStatus,
        answer=note_schemas.ChatAndNote,
        errors=("conflict", "changed", "newer_messages", "category_required"),
    ),
    Route(
        "PUT",
        CHAT + "/assignee",
        notes.set_assignee,
        body=schemas.SetAssignee,
        answer=note_schemas.ChatAndNote,
        errors=("conflict", "changed"),
    ),
    Route(
        "GET",
        CHAT + "/conversations",
        conversations.list_conversations,
        query=ListQuery,
        answer=schemas.ConversationList,
    ),
    Route(
        "GET",
        CHAT + "/activities",
        conversations.list_activities,
        query=ListQuery,
        answer=schemas.ActivityList,
    ),
    Route("GET", CHAT + "/notes", notes.list_notes, query=ListQuery, answer=note_schemas.NoteList),
    Route(
        "POST",
        CHAT + "/notes",
        notes.write_note,
        body=note_schemas.WriteNote,
        answer=note_schemas.OneNote,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "PATCH",
        NOTE,
        notes.edit_note,
        body=note_schemas.EditNote,
        answer=note_schemas.OneNote,
        errors=("conflict",),
    ),
    Route("DELETE", NOTE, notes.delete_note, answer=note_schemas.OneNote, errors=("conflict",)),
    Route("GET", "/api/teams", teams.list_teams, answer=schemas.TeamList),
    Route(
        "POST",
        "/api/teams",
        teams.create_team,
        body=schemas.CreateTeam,
        answer=schemas.OneTeam,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "PATCH",
        TEAM,
        teams.change_team,
        body=schemas.ChangeTeam,
        answer=schemas.OneTeam,
        errors=("conflict",),
    ),
    Route("DELETE", TEAM, teams.delete_team, status=204),
    Route("GET", SETTINGS, teams.show_team_settings, answer=schemas.OneTeamSettings),
    Route(
        "PATCH",
        SETTINGS,
        teams.change_team_settings,
        body=schemas.ChangeTeamSettings,
        answer=schemas.OneTeamSettings,
    ),
    Route(
        "GET",
        "/api/reports",
        reports.show_report,
        query=report_schemas.ReportQuery,
        answer=report_schemas.Report,
        errors=("not_found",),
    ),
    Route(
        "GET",
        "/api/reports/groups",
        reports.compare_groups,
        query=report_schemas.ReportGroupQuery,
        answer=report_schemas.ReportGroups,
        errors=("not_found",),
    ),
    Route(
        "GET",
        "/api/reports/backlog",
        reports.show_backlog,
        query=report_schemas.BacklogQuery,
        answer=report_schemas.ReportBacklog,
        errors=("not_found",),
    ),
    Route(
        "GET",
        "/api/reports/volume",
        reports.show_volume,
        query=report_schemas.VolumeQuery,
        answer=report_schemas.ReportVolume,
        errors=("not_found",),
    ),
    Route(
        "GET",
        "/api/reports/volume/export",
        reports.export_volume,
        query=report_schemas.VolumeQuery,
        errors=("not_found",),
        content_type="text/csv",
        limit="write",
        audit="report.exported",
    ),
    Route(
        "GET",
        "/api/reports/facts",
        reports.list_report_facts,
        query=report_schemas.FactQuery,
        answer=report_schemas.ReportFactList,
        errors=("not_found",),
    ),
    Route(
        "GET",
        "/api/reports/export",
        reports.export_report,
        query=report_schemas.FactFilterQuery,
        errors=("not_found",),
        content_type="text/csv",
        limit="write",
        audit="report.exported",
    ),
)
