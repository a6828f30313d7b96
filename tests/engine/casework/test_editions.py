"""Editions: drafted by one, confirmed by another, in force from their day, never lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from catalogue import facts, loader
from engine import clock
from engine.casework import editions, matters
from engine.casework.editions import checking, confirming, drafting, publishing, rights, rows
from engine.models import MatterEdition, MatterEvent
from engine.people.identity import Actor
from tests.engine.casework import editors

NO = 11
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def han(session: Session) -> Actor:
    editors.prepare(session, NO, 39)
    return editors.editor(session, "han", "韩一")


@pytest.fixture
def yang(session: Session, han: Actor) -> Actor:
    return editors.editor(session, "yang", "杨二")


def drafted(session: Session, by: Actor, days: int = 4) -> MatterEdition:
    edition = editions.begin(session, NO, by=by)
    content = editors.promised(edition, days)
    return editions.save(session, NO, edition.number, content, by=by, version=edition.version)


def confirmed(session: Session, by: Actor, other: Actor, days: int = 4) -> MatterEdition:
    edition = drafted(session, by, days)
    return editions.confirm(session, NO, edition.number, by=other, version=edition.version)


def days_in_force(session: Session) -> int:
    promised = matters.current(session, NO)[1].limits.promised
    assert promised is not None
    return promised.days


def test_the_files_are_the_first_edition_in_force_since_ever(session: Session, han: Actor) -> None:
    edition = editions.in_force(session)[NO]

    assert (edition.number, edition.origin, edition.effective_from) == (1, "files", None)
    assert matters.current(session, NO)[1] == loader.load().by_no(NO)
    assert [one.type for one in editions.events(session, NO)] == ["edition.loaded"]


def test_a_confirmed_edition_takes_effect_on_its_day_and_retires_the_one_before(
    session: Session, han: Actor, yang: Actor
) -> None:
    with clock.at(NOON):
        edition = confirmed(session, han, yang)
        editions.publish(session, NO, edition.number, by=han, on=TUESDAY)
        first = rows.of_number(session, NO, 1)

        assert days_in_force(session) == 5
        assert (editions.standing(first), editions.standing(edition)) == ("published", "ahead")
    with clock.at(NOON + timedelta(days=1)):
        assert days_in_force(session) == 4
        assert (editions.standing(first), editions.standing(edition)) == ("retired", "published")
    told = [one.type for one in reversed(editions.events(session, NO))]
    assert told == [
        "edition.loaded",
        "edition.drafted",
        "edition.edited",
        "edition.confirmed",
        "edition.published",
    ]
    assert editions.verify(session) == []


def test_who_drafts_does_not_confirm_whoever_of_several(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = drafted(session, han)
    content = editors.promised(edition, 3)
    editions.save(session, NO, edition.number, content, by=yang, version=edition.version)

    for by in (han, yang):
        with pytest.raises(confirming.DrafterConfirms):
            editions.confirm(session, NO, edition.number, by=by, version=edition.version)


def test_the_second_of_two_editors_learns_that_somebody_was_faster(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = editions.begin(session, NO, by=han)
    seen = edition.version
    editions.save(session, NO, edition.number, editors.promised(edition, 4), by=han, version=seen)

    with pytest.raises(drafting.EditionChanged) as refused:
        editions.save(
            session, NO, edition.number, editors.promised(edition, 3), by=yang, version=seen
        )

    assert refused.value.params["name"] == "韩一"
    assert edition.content["limits"]["promised"]["days"] == 4


def test_saving_what_stands_there_writes_nothing(session: Session, han: Actor) -> None:
    edition = drafted(session, han)
    version, count = edition.version, len(editions.events(session, NO))

    editions.save(session, NO, edition.number, editors.changed(edition), by=han, version=0)

    assert (edition.version, len(editions.events(session, NO))) == (version, count)


def test_there_is_one_edition_under_way(session: Session, han: Actor, yang: Actor) -> None:
    edition = editions.begin(session, NO, by=han)

    with pytest.raises(drafting.EditionUnderWay):
        editions.begin(session, NO, by=yang)

    editions.drop(session, NO, edition.number, by=han, reason="另行起草")
    assert editions.begin(session, NO, by=yang).number == 3


def test_editors_of_another_department_are_refused(session: Session, han: Actor) -> None:
    stranger = editors.editor(session, "sun", "孙三", office=editors.TAX)

    with pytest.raises(rights.NotYourDepartment):
        editions.begin(session, NO, by=stranger)
    assert editions.begin(session, 39, by=stranger).matter_no == 39


def test_what_the_notice_and_the_process_fix_cannot_be_edited(session: Session, han: Actor) -> None:
    edition = editions.begin(session, NO, by=han)
    content = editors.changed(edition, name="别的名称", category="notary", is_licence=True, form=[])
    content["handling"]["office"] = "tax"

    editions.save(session, NO, edition.number, content, by=han, version=edition.version)

    assert edition.content == rows.of_number(session, NO, 1).content


def test_a_draft_with_holes_is_kept_and_not_confirmed(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = editions.begin(session, NO, by=han)
    content = editors.changed(edition)
    content["materials"].append({"key": "", "name": "新材料"})
    content["limits"]["promised"]["days"] = "五"
    editions.save(session, NO, edition.number, content, by=han, version=edition.version)

    places = {one.at for one in editions.problems(edition)}

    number = len(content["materials"]) - 1
    assert {f"materials.{number}.key", f"materials.{number}.form", "limits.promised.days"} <= places
    with pytest.raises(confirming.EditionIncomplete):
        editions.confirm(session, NO, edition.number, by=yang, version=edition.version)


def test_rules_between_parts_are_told_at_their_place(session: Session, han: Actor) -> None:
    edition = drafted(session, han, days=0)

    found = editions.problems(edition)

    assert [(one.at, one.rule) for one in found] == [("limits.promised.days", "immediate-limit")]
    assert found[0].message_zh


def test_confirmed_facts_are_sure_and_say_by_whom_and_on_what_ground(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = drafted(session, han)

    with pytest.raises(confirming.BasisMissing):
        editions.confirm(
            session, NO, edition.number, by=yang, version=edition.version, keys=["fee"]
        )
    with pytest.raises(confirming.FactUnknown):
        editions.confirm(
            session, NO, edition.number, by=yang, version=edition.version, keys=["x"], basis="令"
        )
    editions.confirm(
        session,
        NO,
        edition.number,
        by=yang,
        version=edition.version,
        keys=["limits.promised", "fee"],
        basis="国家医疗保障局令第3号",
    )

    matter = loader.from_json(edition.content)
    assert matter.fee.confidence == "A" and matter.fee.confirmed
    assert matter.fee.confirmed.by == "杨二（市医保局）"
    assert matter.fee.confirmed.basis == "国家医疗保障局令第3号"
    assert editions.events(session, NO)[0].facts["facts_confirmed"] == ["fee", "limits.promised"]
    assert edition.hash == matter.content_hash()


def test_a_later_edit_of_a_confirmed_fact_takes_the_mark_away(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = drafted(session, han)
    editions.confirm(
        session,
        NO,
        edition.number,
        by=yang,
        version=edition.version,
        keys=["limits.promised", "fee"],
        basis="令",
    )
    editions.publish(session, NO, edition.number, by=yang, on=clock.today())

    following = editions.begin(session, NO, by=han)
    content = editors.promised(following, 3)
    editions.save(session, NO, following.number, content, by=han, version=following.version)

    found = {one.key: one for one in facts.stated(following.content)}
    assert found["limits.promised"].confidence == "B" and not found["limits.promised"].confirmed
    assert found["fee"].confidence == "A" and found["fee"].confirmed


def test_an_edition_that_is_sent_back_is_a_draft_again(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = confirmed(session, han, yang)

    with pytest.raises(confirming.ReturnReasonMissing):
        editions.send_back(session, NO, edition.number, by=yang, reason=" ")
    editions.send_back(session, NO, edition.number, by=yang, reason="时限有误")

    assert (edition.state, edition.hash, edition.confirmed_by) == ("draft", None, None)


def test_an_unconfirmed_edition_is_not_published(session: Session, han: Actor) -> None:
    edition = drafted(session, han)

    with pytest.raises(rows.EditionNotInState):
        editions.publish(session, NO, edition.number, by=han, on=clock.today())


def test_no_edition_takes_effect_in_the_past_or_on_the_day_of_another(
    session: Session, han: Actor, yang: Actor
) -> None:
    with clock.at(NOON):
        edition = confirmed(session, han, yang)
        with pytest.raises(publishing.EffectiveDayPast):
            editions.publish(session, NO, edition.number, by=han, on=MONDAY - timedelta(days=1))
        editions.publish(session, NO, edition.number, by=han, on=TUESDAY)
        another = confirmed(session, han, yang, days=3)
        with pytest.raises(publishing.EffectiveDayTaken):
            editions.publish(session, NO, another.number, by=han, on=TUESDAY)

        editions.publish(session, NO, another.number, by=han, on=MONDAY)

    in_turn = [
        (one.number, one.effective_from, one.effective_to)
        for one in reversed(editions.all_of(session, NO))
    ]
    assert in_turn == [(1, None, MONDAY), (2, TUESDAY, None), (3, MONDAY, TUESDAY)]


def test_a_publication_is_called_back_before_its_day_only(
    session: Session, han: Actor, yang: Actor
) -> None:
    with clock.at(NOON):
        edition = confirmed(session, han, yang)
        editions.publish(session, NO, edition.number, by=han, on=TUESDAY)
        editions.call_back(session, NO, edition.number, by=han)
        assert edition.state == "confirmed"
        assert rows.of_number(session, NO, 1).effective_to is None
        editions.publish(session, NO, edition.number, by=han, on=MONDAY)

        with pytest.raises(publishing.EditionInForce):
            editions.call_back(session, NO, edition.number, by=han)


def test_a_matter_retired_without_successor_takes_no_new_cases(
    session: Session, han: Actor
) -> None:
    with clock.at(NOON):
        with pytest.raises(publishing.RetirementReasonMissing):
            editions.retire(session, NO, 1, by=han, on=TUESDAY, reason="")
        editions.retire(session, NO, 1, by=han, on=TUESDAY, reason="并入第12项")
        matters.require_open(matters.current(session, NO)[1])
    with clock.at(NOON + timedelta(days=1)):
        matter = matters.current(session, NO)[1]
        with pytest.raises(matters.MatterEnded) as refused:
            matters.require_open(matter)
        assert refused.value.params["reason"] == "并入第12项"
        assert [one.state.kind for one in matters.all_current(session) if one.no == NO] == ["ended"]


def test_files_never_replace_an_edition_of_the_department(
    session: Session, han: Actor, yang: Actor
) -> None:
    edition = confirmed(session, han, yang)
    editions.publish(session, NO, edition.number, by=yang, on=clock.today())
    matter = loader.load().by_no(NO)

    taken = editions.take(session, {NO: matter})

    assert taken.added == 0
    assert [(one.no, one.number) for one in taken.kept] == [(NO, 2)]
    assert [str(one) for one in taken.kept[0].differences] == [
        "limits.promised.days changed: 4 -> 5"
    ]
    assert days_in_force(session) == 4


def test_a_file_that_changed_is_published_from_today(session: Session, han: Actor) -> None:
    first = loader.load().by_no(39)
    another = loader.from_json({**first.as_json(), "notes": ["新的说明"]})

    with clock.at(NOON):
        assert editions.take(session, {39: another}).added == 1
        assert editions.take(session, {39: another}).added == 0
        assert editions.take(session, {39: first}).added == 1  # the very first again, same day
        assert matters.current(session, 39)[1] == first

    assert [one.effective_from for one in editions.all_of(session, 39)] == [MONDAY, MONDAY, None]


def test_what_is_in_force_comes_back_as_files(
    session: Session, han: Actor, yang: Actor, tmp_path
) -> None:
    edition = confirmed(session, han, yang)
    editions.publish(session, NO, edition.number, by=yang, on=clock.today())

    written = editions.write_files(session, tmp_path)

    names = [path.relative_to(tmp_path).as_posix() for path in written]
    assert names == [
        "matters/medical-insurance/011-retail-pharmacy-change.yaml",
        "matters/tax/039-vat-general-taxpayer.yaml",
    ]
    assert editions.write_files(session, tmp_path) == []
    from catalogue import shape, yaml_source
    from catalogue.matter import Matter

    again, faults = shape.build(Matter, yaml_source.read(written[0]).data)
    assert faults == [] and again is not None and again.content_hash() == edition.hash
    assert editions.take(session, {NO: again}) == editions.Taken(0)


def test_a_changed_event_is_found(session: Session, han: Actor) -> None:
    drafted(session, han)
    assert editions.verify(session) == []
    row = session.get_one(MatterEvent, (NO, 2))
    row.facts = {**row.facts, "based_on": 7}
    session.flush()

    assert editions.verify(session) == [(NO, 2)]


def test_checks_of_a_draft_are_those_of_a_file() -> None:
    for matter in loader.load().matters.values():
        assert checking.check(matter.as_json()) == (matter, [])


def test_an_edition_before_a_retirement_keeps_it_and_gives_it_back(
    session: Session, han: Actor, yang: Actor
) -> None:
    friday = MONDAY + timedelta(days=4)
    with clock.at(NOON):
        edition = confirmed(session, han, yang)
        first = editions.retire(session, NO, 1, by=han, on=friday, reason="并入第12项")

        editions.publish(session, NO, edition.number, by=han, on=TUESDAY)

        assert (first.effective_to, first.retired_reason) == (TUESDAY, None)
        assert (edition.effective_to, edition.retired_reason) == (friday, "并入第12项")

        editions.call_back(session, NO, edition.number, by=han)

        assert (first.effective_to, first.retired_reason) == (friday, "并入第12项")
        assert (edition.effective_to, edition.retired_reason) == (None, None)


def test_a_retirement_called_back_with_its_edition_ends_the_one_before_with_its_reason(
    session: Session, han: Actor, yang: Actor
) -> None:
    with clock.at(NOON):
        edition = confirmed(session, han, yang)
        editions.publish(session, NO, edition.number, by=han, on=TUESDAY)
        friday = MONDAY + timedelta(days=4)
        editions.retire(session, NO, edition.number, by=han, on=friday, reason="并入第12项")

        editions.call_back(session, NO, edition.number, by=han)

        first = rows.of_number(session, NO, 1)
        assert (first.effective_to, first.retired_reason) == (friday, "并入第12项")
        assert edition.retired_reason is None
