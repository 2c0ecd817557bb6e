"""The rows of the route table for labels and saved views."""

from server.handlers import labels, views
from server.routes.route import CHAT, Route
from server.schemas import labels as schemas
from server.schemas import views as view_schemas
from server.schemas.fields import ListQuery

LABEL = r"/api/labels/{label_id:\d{1,20}}"
VIEW = r"/api/views/{view_id:\d{1,20}}"
ON_CHAT = CHAT + r"/labels/{label_id:\d{1,20}}"

LABEL_ROUTES = (
    Route("GET", "/api/labels", labels.list_labels, answer=schemas.LabelList),
    Route(
        "POST",
        "/api/labels",
        labels.create_label,
        body=schemas.CreateLabel,
        answer=schemas.OneLabel,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "PATCH",
        LABEL,
        labels.change_label,
        body=schemas.ChangeLabel,
        answer=schemas.OneLabel,
        errors=("conflict",),
    ),
    Route("DELETE", LABEL, labels.delete_label, status=204),
    Route(
        "GET",
        "/api/private-labels",
        labels.list_private_labels,
        query=ListQuery,
        answer=schemas.PrivatelyLabelledList,
    ),
    Route("PUT", ON_CHAT, labels.add_label, answer=schemas.LabelledChat),
    Route("DELETE", ON_CHAT, labels.remove_label, answer=schemas.LabelledChat),
    Route("GET", "/api/views", views.list_views, answer=view_schemas.ViewList),
    Route("GET", "/api/views/counts", views.count_views, answer=view_schemas.ViewCounts),
    Route(
        "POST",
        "/api/views",
        views.create_view,
        body=view_schemas.CreateView,
        answer=view_schemas.OneView,
        status=201,
        errors=("conflict",),
    ),
    Route("PATCH", VIEW, views.change_view, body=view_schemas.ChangeView, answer=view_schemas.OneView),
    Route("DELETE", VIEW, views.delete_view, status=204),
)
