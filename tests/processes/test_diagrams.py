"""The diagrams of `processes/`: drawn well, worded well, and true to the rules of the house.

Nothing is executed here. Looks are measured (no overlap, no crossing, no label under a line),
because a diagram that nobody likes to read is a rule that nobody checks.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest

from engine.bpmn import xml
from engine.bpmn.expressions import compile_expression, compile_script
from tests.processes.diagrams import (
    CATEGORIES,
    FILES,
    FOLDER,
    Box,
    Diagram,
    english,
    extension,
    read,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LANES = ["申请人", "接件窗口", "办理单位", "市级部门系统", "快递"]
LANE_OF_ROLE = {"intake": "接件窗口", "handling": "办理单位"}
PREFIXES = {
    "startEvent": "Event_",
    "endEvent": "Event_",
    "boundaryEvent": "Event_",
    "exclusiveGateway": "Gateway_",
    "parallelGateway": "Gateway_",
    "eventBasedGateway": "Gateway_",
    "intermediateCatchEvent": "Event_",
    "sequenceFlow": "Flow_",
    "lane": "Lane_",
}
LAW = [
    ("intake", "Activity_ReceiveApplication", "第四十一条"),
    ("intake", "Activity_ExamineLicenceApplication", "行政许可法第三十二条"),
    ("intake", "Event_NoticeLimit", "逾期不告知的"),
    ("intake", "Activity_AcceptByLaw", "即为受理"),
    ("intake", "Activity_AcceptApplication", "书面凭证"),
    ("intake", "Activity_RefuseAcceptance", "书面凭证"),
    ("correction", "Activity_NotifyCorrection", "一次性告知"),
    ("routing", "Activity_RouteCase", "审批权属不变"),
    ("special-procedure", "Activity_StopClock", "第四十五条"),
    ("special-procedure", "Activity_HoldHearing", "以外的人员为听证主持人"),
    ("special-procedure", "Activity_TellHearing", "七日前"),
    ("special-procedure", "Activity_ApproveExtension", "第四十二条"),
    ("special-procedure", "Activity_ExtendLimit", "第四十二条"),
    ("decision", "Activity_SignDecision", "不是审查人"),
    ("decision", "Activity_GrantApplication", "第四十四条"),
    ("decision", "Activity_RejectApplication", "第三十八条"),
    ("delivery", "Activity_StartDelivery", "第四十四条"),
    ("evaluation", "Activity_InviteEvaluation", "一次一评"),
    ("evaluation", "Activity_RectifyEvaluation", "谁办理谁整改"),
    ("archiving", "Activity_MakeArchive", "第716号第十二条"),
    ("tax-declaration", "Activity_CompareDeclaration", "不得因此拒绝申报"),
    ("medical-institution", "Activity_InspectSite", "两名以上"),
    ("info-report", "Activity_CheckDuty", "第一百零九条"),
    ("info-report", "Activity_RemindLate", "责令限期改正"),
    ("deregistration", "Activity_SignCommitment", "出于自愿"),
    ("make-good", "Activity_RecordBroken", "149号"),
    ("registration", "Activity_VerifyRegistration", "第十五条"),
    ("certificate", "Activity_LookUpRecord", "第三十四条"),
    ("query-consult", "Activity_ReceiveApplication", "不得不予收件"),
    ("licence-simple", "Activity_CommissionAssessment", "第四十五条"),
    ("licence-simple", "Activity_InspectSite", "第三十四条"),
    ("licence-reviewed", "Activity_ReviewFirst", "第四十三条"),
    ("licence-reviewed", "Activity_EndFirstReview", "第三十五条"),
    ("licence-reviewed", "Activity_AcceptSite", "一年内"),
    ("medical-institution", "Activity_PublishNotice", "公示"),
]
DUE = (
    "notice_due_at",
    "correction_due_at",
    "evaluation_due_at",
    "make_good_due_at",
    "tolerance_due_at",
    "acceptance_due_at",
)


@pytest.fixture(params=list(FILES))
def diagram(request: pytest.FixtureRequest) -> Diagram:
    return read(FILES[request.param])


@pytest.fixture(params=CATEGORIES)
def category(request: pytest.FixtureRequest) -> Diagram:
    return read(FILES[request.param])


def _parent(diagram: Diagram, node: Any) -> Any:
    return node.getparent() if xml.local(node.getparent()) == "subProcess" else None


def test_a_process_is_executable_and_bears_the_name_of_its_folder_or_file() -> None:
    for key, path in FILES.items():
        process = read(path).process
        assert (process.get("id"), process.get("isExecutable")) == (key, "true")


def test_every_node_and_flow_is_drawn(diagram: Diagram) -> None:
    assert {node.get("id") for node in diagram.nodes} <= set(diagram.boxes)
    assert {flow.get("id") for flow in diagram.flows} == set(diagram.lines)
    drawn = {element.get("bpmnElement") for element in diagram.root.iter()} - {None}
    assert drawn <= set(diagram.elements)


def test_shapes_keep_their_distance(diagram: Diagram) -> None:
    for one, other in combinations(diagram.nodes, 2):
        hosts = {one.get("attachedToRef"), other.get("attachedToRef")}
        nested = {_parent(diagram, one), _parent(diagram, other)} & {one, other}
        if nested or hosts & {one.get("id"), other.get("id")}:
            continue
        near, far = diagram.boxes[one.get("id")], diagram.boxes[other.get("id")]
        assert not near.grown(10).overlaps(far), (one.get("id"), other.get("id"))


def test_an_event_sub_process_holds_its_shapes(diagram: Diagram) -> None:
    for node in diagram.nodes:
        if (parent := _parent(diagram, node)) is not None:
            assert diagram.boxes[parent.get("id")].contains(diagram.boxes[node.get("id")].grown(10))


def test_a_boundary_event_sits_on_the_border_of_its_task(diagram: Diagram) -> None:
    for event in diagram.of_kind("boundaryEvent"):
        box, host = diagram.boxes[event.get("id")], diagram.boxes[event.get("attachedToRef")]
        assert host.has_on_edge(((box.left + box.right) / 2, (box.top + box.bottom) / 2))


def test_edges_run_at_right_angles_from_border_to_border(diagram: Diagram) -> None:
    for flow in diagram.flows:
        points = diagram.lines[flow.get("id")]
        assert len(points) >= 2
        for (x1, y1), (x2, y2) in diagram.segments(flow.get("id")):
            assert (x1 == x2) != (y1 == y2), flow.get("id")
        assert diagram.boxes[flow.get("sourceRef")].has_on_edge(points[0]), flow.get("id")
        assert diagram.boxes[flow.get("targetRef")].has_on_edge(points[-1]), flow.get("id")


def test_no_edge_runs_through_a_shape(diagram: Diagram) -> None:
    for flow in diagram.flows:
        for node in diagram.nodes:
            if xml.local(node) == "subProcess":
                continue
            ends = node.get("id") in (flow.get("sourceRef"), flow.get("targetRef"))
            box = diagram.boxes[node.get("id")].grown(-1 if ends else 6)
            for segment in diagram.segments(flow.get("id")):
                hit = box.is_crossed_by(segment)
                assert not hit or _is_host(diagram, flow, node), (flow.get("id"), node.get("id"))


def _is_host(diagram: Diagram, flow: Any, node: Any) -> bool:
    """True where a flow leaves the event on this task, or the task that bears this event."""
    source = diagram.elements[flow.get("sourceRef")]
    return node.get("id") == source.get("attachedToRef") or (
        node.get("attachedToRef") == source.get("id")
    )


def test_no_two_edges_cross_or_share_a_line(diagram: Diagram) -> None:
    for one, other in combinations(diagram.flows, 2):
        for (x1, y1), (x2, y2) in diagram.segments(one.get("id")):
            line = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)).grown(1)
            for segment in diagram.segments(other.get("id")):
                assert not line.is_crossed_by(segment), (one.get("id"), other.get("id"))


def test_no_label_lies_on_anything(diagram: Diagram) -> None:
    for owner, label in diagram.labels.items():
        for node in diagram.nodes:
            if xml.local(node) != "subProcess" and xml.local(node) != "exclusiveGateway":
                assert not label.overlaps(diagram.boxes[node.get("id")]), (owner, node.get("id"))
        for flow in diagram.flows:
            for segment in diagram.segments(flow.get("id")):
                assert not label.is_crossed_by(segment), (owner, flow.get("id"))
        for lane in diagram.lanes:
            box = diagram.boxes[lane.get("id")]
            across = label.top < box.bottom < label.bottom
            assert not across, (owner, lane.get("id"))
    for (one, label), (other, second) in combinations(diagram.labels.items(), 2):
        assert not label.overlaps(second), (one, other)


def test_a_short_name_fits_on_one_line_of_its_task(diagram: Diagram) -> None:
    for node in diagram.nodes:
        if xml.local(node).endswith(("Task", "Activity")):
            assert len(node.get("name")) <= 8, node.get("id")


def test_whatever_may_be_read_has_a_chinese_and_an_english_name(diagram: Diagram) -> None:
    joins = set(diagram.of_kind("exclusiveGateway")) - set(diagram.splits())
    joins |= set(diagram.of_kind("parallelGateway"))
    named = [node for node in diagram.nodes if node not in joins] + diagram.lanes
    named += [diagram.process, *(flow for flow in diagram.flows if flow.get("name"))]
    for element in named:
        assert CHINESE.search(element.get("name") or ""), element.get("id")
        assert (english(element) or "").isascii() and english(element), element.get("id")
    assert not [join.get("id") for join in joins if join.get("name")]


def test_a_gateway_asks_and_its_flows_answer(diagram: Diagram) -> None:
    for gateway in diagram.splits():
        assert gateway.get("name").endswith("？"), gateway.get("id")
        answers = [diagram.elements[one.text] for one in gateway.findall(xml.tag("outgoing"))]
        names = [flow.get("name") for flow in answers]
        assert all(names) and len(set(names)) == len(names), gateway.get("id")
        assert all(flow.get("id") in diagram.labels for flow in answers), gateway.get("id")


def test_a_gateway_has_a_default_and_a_condition_on_every_other_way(diagram: Diagram) -> None:
    for gateway in diagram.splits():
        ways = {one.text for one in gateway.findall(xml.tag("outgoing"))}
        assert gateway.get("default") in ways, gateway.get("id")
        for way in ways:
            condition = diagram.elements[way].find(xml.tag("conditionExpression"))
            assert (condition is None) == (way == gateway.get("default")), way
            if condition is not None:
                assert compile_expression(condition.text).reads, way


def test_scripts_only_assign(diagram: Diagram) -> None:
    for task in diagram.of_kind("scriptTask"):
        assert compile_script(task.find(xml.tag("script")).text).writes, task.get("id")


def test_only_gateways_split_or_join(diagram: Diagram) -> None:
    for node in diagram.nodes:
        ways = [len(node.findall(xml.tag(name))) for name in ("incoming", "outgoing")]
        if xml.local(node) in ("exclusiveGateway", "eventBasedGateway", "parallelGateway"):
            assert max(ways) > 1 and min(ways) == 1, node.get("id")
        else:
            assert max(ways) <= 1, node.get("id")


def test_ids_tell_kind_and_meaning(diagram: Diagram) -> None:
    for element in [*diagram.nodes, *diagram.flows, *diagram.lanes]:
        prefix = PREFIXES.get(xml.local(element), "Activity_")
        assert re.fullmatch(prefix + r"([A-Z][a-z]+)+", element.get("id")), element.get("id")


def test_every_user_task_has_an_office_and_a_form(diagram: Diagram) -> None:
    for task in diagram.of_kind("userTask"):
        office, form = extension(task, "office"), extension(task, "form")
        assert office.get("role") in ("intake", "handling", "consulted"), task.get("id")
        file = f"{form.get('key')}.form"
        folders = [diagram.path.parent, FOLDER / "shared"]
        assert [folder for folder in folders if (folder / file).exists()], file


def test_every_service_task_names_an_operation(diagram: Diagram) -> None:
    for task in diagram.of_kind("serviceTask"):
        name = extension(task, "operation").get("name")
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", name), task.get("id")


def test_every_called_process_exists(diagram: Diagram) -> None:
    for call in diagram.of_kind("callActivity"):
        assert call.get("calledElement") in FILES, call.get("id")


def test_every_timer_waits_for_an_instant_that_an_operation_sets(diagram: Diagram) -> None:
    for event in diagram.of_kind("timerEventDefinition"):
        if event.find(xml.tag("timeDuration")) is not None:  # begins work of its own, at once
            assert event.find(xml.tag("timeDuration")).text == "PT0S"
            continue
        when = event.find(xml.tag("timeDate")).text
        assert when in DUE


@pytest.mark.parametrize(("process", "element", "words"), LAW)
def test_an_element_that_carries_a_rule_of_law_says_so(
    process: str, element: str, words: str
) -> None:
    documentation = read(FILES[process]).elements[element].find(xml.tag("documentation"))

    assert words in documentation.text


def test_a_category_has_one_pool_with_the_five_lanes(category: Diagram) -> None:
    assert [lane.get("name") for lane in category.lanes] == LANES
    (pool,) = category.root.iter(xml.tag("participant"))
    box, boxes = category.boxes[pool.get("id")], [
        category.boxes[lane.get("id")] for lane in category.lanes
    ]
    assert pool.get("name").startswith("渝快办")
    assert boxes[0].top == box.top and boxes[-1].bottom <= box.bottom
    assert all(one.bottom == other.top for one, other in zip(boxes, boxes[1:], strict=False))
    assert {(one.left, one.right) for one in boxes} == {(box.left + 30, box.right)}


def test_a_node_stands_in_the_lane_it_belongs_to(category: Diagram) -> None:
    placed = {}
    for lane in category.lanes:
        for reference in lane.findall(xml.tag("flowNodeRef")):
            box = category.boxes[lane.get("id")].grown(-10)
            assert box.contains(category.boxes[reference.text]), reference.text
            placed[reference.text] = lane.get("name")
    top = {node.get("id") for node in category.nodes if _parent(category, node) is None}
    assert set(placed) == top - {"Activity_Stopping"}
    for task in category.of_kind("userTask"):
        assert placed[task.get("id")] == LANE_OF_ROLE[extension(task, "office").get("role")]


def test_a_case_can_be_stopped_at_any_time(category: Diagram) -> None:
    (sub,) = category.of_kind("subProcess")
    start = sub.find(xml.tag("startEvent"))
    definition = start.find(xml.tag("messageEventDefinition"))

    assert (sub.get("triggeredByEvent"), start.get("isInterrupting")) == ("true", "true")
    assert category.elements[definition.get("messageRef")].get("name") == "case.stopped"
    lowest = max(category.boxes[lane.get("id")].bottom for lane in category.lanes)
    assert category.boxes[sub.get("id")].top > lowest


def test_two_person_rules_stand_in_the_diagram() -> None:
    signing = read(FILES["decision"]).elements["Activity_SignDecision"]
    confirming = read(FILES["medical-institution"]).elements["Activity_ConfirmInspection"]

    assert extension(signing, "notSameAs").get("element") == "Activity_ReviewApplication"
    assert extension(signing, "candidates").get("groups") == "supervisor"
    assert extension(confirming, "notSameAs").get("element") == "Activity_InspectSite"


def test_only_licences_can_be_deemed_accepted() -> None:
    intake = read(FILES["intake"])
    (timer,) = intake.of_kind("boundaryEvent")
    task = intake.elements[timer.get("attachedToRef")]
    (before,) = [
        flow for flow in intake.flows if flow.get("targetRef") == "Activity_StartNoticeClock"
    ]

    assert task.get("id") == "Activity_ExamineLicenceApplication"
    assert before.find(xml.tag("conditionExpression")).text == "is_licence"


def test_every_folder_says_its_law_and_its_roles() -> None:
    for folder in (*CATEGORIES, "shared"):
        text = (FOLDER / folder / "README.md").read_text(encoding="utf-8")
        assert "## Law" in text and "## Odd choices" in text, folder
