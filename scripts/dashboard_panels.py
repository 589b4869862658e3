"""The kinds of panels that the dashboard is made of, and the short form of its queries."""

import re
from collections.abc import Iterable

from grafana_foundation_sdk.builders import bargauge, common, dashboard, heatmap, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import heatmap as heatmap_model
from grafana_foundation_sdk.models import prometheus as prometheus_model

DATASOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
# Grafana's colours by name, in its own palette.
GOOD, FAIR, BAD, PLAIN = "green", "yellow", "red", "text"

Queries = dict[str, str]  # By what the legend calls it.


def expand(query: str) -> str:
    """`name<class,model;kind="draft">[rate]` in full: matchers of the dashboard's variables, further matchers, and the window."""
    def matchers(match: re.Match) -> str:
        variables, _, further = match[1].partition(";")
        names = ["instance", *filter(None, variables.split(","))]
        return "{" + ",".join([f'{name}=~"${name}"' for name in names] + ([further] if further else [])) + "}"

    query = re.sub(r"<([^>]*)>", matchers, query)
    return " ".join(query.replace("[rate]", "[$__rate_interval]").replace("[range]", "[$__range]").split())


def targets(queries: Queries, instant: bool = False, form: prometheus_model.PromQueryFormat | None = None) -> list[prometheus.Dataquery]:
    built = []
    for position, (legend, query) in enumerate(queries.items()):
        target = prometheus.Dataquery().expr(expand(query)).legend_format(legend).ref_id(chr(ord("A") + position)).datasource(DATASOURCE)
        target = target.instant() if instant else target.range()
        built.append(target.format(form) if form else target)
    return built


def thresholds(*steps: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    return (dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE)
            .steps([model.Threshold(value=value, color=color) for value, color in steps]))


def values(**meanings: tuple[str, str]) -> list[model.ValueMapping]:
    """Texts and colours of numbers, by "of_N"."""
    return [model.ValueMap({name.removeprefix("of_"): model.ValueMappingResult(text=text, color=color, index=index)
                            for index, (name, (text, color)) in enumerate(meanings.items())})]


def finish(panel, title: str, about: str, unit: str, width: int, height: int):
    return panel.title(title).description(about).unit(unit).datasource(DATASOURCE).span(width).height(height)


def number(title: str, about: str, query: str, unit: str, *steps: tuple[float | None, str], width: int = 4,
           decimals: int | None = None,
           mappings: list[model.ValueMapping] | None = None) -> stat.Panel:
    """One number over the whole time that is shown."""
    panel = finish(stat.Panel(), title, about, unit, width, 4).targets(targets({title: query}, instant=True))
    panel = panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"])).no_value("–").graph_mode(common_model.BigValueGraphMode.NONE)
    panel = panel.thresholds(thresholds(*(steps or ((None, PLAIN),)))).color_mode(common_model.BigValueColorMode.VALUE)
    panel = panel.decimals(decimals) if decimals is not None else panel
    return panel.mappings(mappings) if mappings else panel


def lines(title: str, about: str, queries: Queries, unit: str, width: int = 12, stacked: bool = False, height: int = 8,
          limit: float | None = None, top: float | None = None) -> timeseries.Panel:
    """Over time. `limit` draws a line above which something is wrong."""
    panel = finish(timeseries.Panel(), title, about, unit, width, height).targets(targets(queries)).min(0).line_width(1)
    panel = panel.legend(common.VizLegendOptions().show_legend(True).display_mode(common_model.LegendDisplayMode.LIST)
                         .placement(common_model.LegendPlacement.BOTTOM))
    panel = panel.tooltip(common.VizTooltipOptions().mode(common_model.TooltipDisplayMode.MULTI)
                          .sort(common_model.SortOrder.DESCENDING))
    panel = panel.max(top) if top is not None else panel
    if stacked:
        panel = panel.fill_opacity(30).stacking(common.StackingConfig().mode(common_model.StackingMode.NORMAL))
    if limit is not None:
        style = common.GraphThresholdsStyleConfig().mode(common_model.GraphThresholdsStyleMode.DASHED)
        panel = panel.thresholds(thresholds((None, GOOD), (limit, BAD))).thresholds_style(style)
    return panel


def density(title: str, about: str, query: str, unit: str, width: int = 12) -> heatmap.Panel:
    """How a histogram's buckets fill over time."""
    panel = finish(heatmap.Panel(), title, about, unit, width, 8).calculate(False)
    panel = panel.targets(targets({"{{le}}": query}, form=prometheus_model.PromQueryFormat.HEATMAP))
    panel = panel.y_axis(heatmap.YAxisConfig().unit(unit).axis_placement(common_model.AxisPlacement.LEFT))
    return panel.color(heatmap.HeatmapColorOptions().mode(heatmap_model.HeatmapColorMode.SCHEME).scheme("Oranges").steps(64))


def bars(title: str, about: str, queries: Queries, unit: str, *steps: tuple[float | None, str], width: int = 12,
         top: float | None = None) -> bargauge.Panel:
    """One bar for each series, as they are now."""
    panel = finish(bargauge.Panel(), title, about, unit, width, 8).targets(targets(queries, instant=True))
    panel = panel.orientation(common_model.VizOrientation.HORIZONTAL).display_mode(common_model.BarGaugeDisplayMode.BASIC)
    panel = panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"])).thresholds(thresholds(*(steps or ((None, GOOD),
                                                                                                                      ))))
    return panel.min(0).max(top) if top is not None else panel


def states(title: str, about: str, queries: Queries, width: int = 12, **meanings: tuple[str, str]) -> statetimeline.Panel:
    """Which state each series was in when."""
    panel = finish(statetimeline.Panel(), title, about, "none", width, 8).targets(targets(queries))
    return panel.mappings(values(**meanings)).show_value(common_model.VisibilityMode.NEVER).row_height(0.8).merge_values(True)


def rows_by(label: str, title: str, about: str, columns: Queries, units: dict[str, str], width: int = 24) -> table.Panel:
    """A table with a row for each value of a label and a column for each query."""
    panel = finish(table.Panel(), title, about, "short", width, 8)
    panel = panel.targets(targets(columns, instant=True, form=prometheus_model.PromQueryFormat.TABLE))
    named = {f"Value #{chr(ord('A') + position)}": column for position, column in enumerate(columns)}
    panel = panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    panel = panel.with_transformation(model.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {"Time": True}, "renameByName": named, "indexByName": {label: 0, **{name: i + 1 for i, name in enumerate(named)}}}))
    for column, unit in units.items():
        panel = panel.override_by_name(column, [model.DynamicConfigValue(id_val="unit", value=unit)])
    return panel


def numbered(rows: Iterable[tuple[str, list]]) -> Iterable[tuple[dashboard.Row, list]]:
    """Rows and panels with ids that change only when something is added before them."""
    next_id = 1
    for title, panels in rows:
        row = dashboard.Row(title).id(next_id)
        for offset, panel in enumerate(panels, 1):
            panel.id(next_id + offset)
        next_id += len(panels) + 1
        yield row, panels
