"""What the reader makes of messages as practitioners type them: exactly these facts, and no others."""

from typing import Any

import pytest

from assistant.nlu.facts.reader import read_facts

RECALL = {"field": "recall_type", "among": ["fixed_term_14", "fixed_term_28", "standard"]}
FIXED_TERM = {"field": "recall_type", "among": ["fixed_term_14", "fixed_term_28"]}
ISP = {"field": "sentence_type", "among": ["life", "ipp"]}
PATIENT = {"field": "restricted_patient", "among": ["s45A", "s47_49"]}


def relative(**parts: Any) -> dict[str, Any]:
    return {"relative": parts}


def weekday(name: str, which: str) -> dict[str, Any]:
    return relative(weekday=name, which=which)


WHOLE_CASES: list[tuple[str, dict[str, Any]]] = [
    ("nps lad, 9 years from 2/11/23, crd 1/5/28, high, tier B",
     {"provider": "NPS", "sentence_length_months": 108, "sentence_type": "determinate", "sentence_date": "2023-11-02",
      "conditional_release_date": "2028-05-01", "rosh": "high", "tier": "B"}),
    ("lifer, tariff up in aug 2029, in closed",
     {"sentence_type": "life", "tariff_expiry_date": {"partial": "2029-08"}, "in_open_conditions": False}),
    ("recalled last tuesday on a 28 day",
     {"recall_type": "fixed_term_28", "recall_return_date": weekday("tuesday", "last")}),
    ("care leaver, 24", {"care_experienced": True, "age_years": 24}),
    ("who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?",
     {"provider": "NPS", "sentence_type": "determinate", "sentence_date": "2025-01-03",
      "conditional_release_date": "2027-03-15"}),
    ("CRC case, 20 weeks left, POM or RO?", {"provider": "CRC", "time_left": {"weeks": 20}}),
    ("parole refused, MAPPA 2 active: who keeps the case?",
     {"parole_decision": "no_release", "mappa_active_level": 2}),
    ("EDS, first PED in 9 months: who is responsible?",
     {"sentence_type": "determinate_parole", "first_parole_eligibility_date": relative(months=9)}),
    ("40 months left, low RoSH: is a full OASys due?", {"time_left": {"months": 40}, "rosh": "low"}),
    ("Life recall, hearing outcome no release: who holds the case?",
     {"sentence_type": "life", "needs_detail": RECALL, "recall_hearing_outcome": "no_release"}),
    ("Standard recall, 30 months to SED: which function?",
     {"recall_type": "standard", "sentence_expiry_date": relative(months=30)}),
    ("6 years, nps, high rosh, in HMP Ranby",
     {"sentence_length_months": 72, "provider": "NPS", "rosh": "high", "establishment": "HMP Ranby"}),
    ("he's 22 and grew up in care, crc, medium, out on 3/4/27",
     {"age_years": 22, "care_experienced": True, "provider": "CRC", "rosh": "medium",
      "conditional_release_date": "2027-04-03"}),
    ("sentenced today at leeds crown to life with a 17 year tariff",
     {"sentence_date": relative(days=0), "sentence_type": "life", "tariff_length_months": 204}),
    ("IPP, tariff expired 9/9/2012, knocked back 3 june 2025, next review 3/12/26",
     {"sentence_type": "ipp", "tariff_expiry_date": "2012-09-09", "parole_decision": "no_release",
      "last_parole_review_date": "2025-06-03", "next_parole_eligibility_date": "2026-12-03"}),
]  # fmt: skip

DATES: list[tuple[str, dict[str, Any]]] = [
    ("crd 03/04/2027", {"conditional_release_date": "2027-04-03"}),
    ("conditional release date is the 3rd of March, 2027", {"conditional_release_date": "2027-03-03"}),
    ("3 Mar 27 is his CRD", {"conditional_release_date": "2027-03-03"}),
    ("CRD: 1.5.28", {"conditional_release_date": "2028-05-01"}),
    ("crd=2028-05-01", {"conditional_release_date": "2028-05-01"}),
    ("CRD - 1-5-28", {"conditional_release_date": "2028-05-01"}),
    ("march 3rd 2027 crd", {"conditional_release_date": "2027-03-03"}),
    ("ARD 6 aug 2026", {"automatic_release_date": "2026-08-06"}),
    ("sed 3/3/30", {"sentence_expiry_date": "2030-03-03"}),
    ("SLED 3/3/30", {"sentence_expiry_date": "2030-03-03"}),
    ("crd 1/5/28 sed 1/5/30 ard 2/2/28",
     {"conditional_release_date": "2028-05-01", "sentence_expiry_date": "2030-05-01",
      "automatic_release_date": "2028-02-02"}),
    ("1/5/28 crd, 1/5/30 sed", {"conditional_release_date": "2028-05-01", "sentence_expiry_date": "2030-05-01"}),
    ("ped is 4 may 2027", {"parole_eligibility_date": "2027-05-04"}),
    ("first PED 9/10/26", {"first_parole_eligibility_date": "2026-10-09"}),
    ("next parole review 4 may 2027", {"next_parole_eligibility_date": "2027-05-04"}),
    ("last parole hearing was 4 may 2025", {"last_parole_review_date": "2025-05-04"}),
    ("ted 6/6/31", {"tariff_expiry_date": "2031-06-06"}),
    ("his tariff's up on 6 June 2031", {"tariff_expiry_date": "2031-06-06"}),
    ("he was sentenced on 14 feb 2024", {"sentence_date": "2024-02-14"}),
    ("weighed off 2/11/23", {"sentence_date": "2023-11-02"}),
    ("sentenced on Thursday 2 November 2023", {"sentence_date": "2023-11-02"}),
    ("sentenced yesterday", {"sentence_date": relative(days=-1)}),
    ("sentenced 10 weeks ago", {"sentence_date": relative(weeks=-10)}),
    ("sentenced on monday", {"sentence_date": weekday("monday", "last")}),
    ("got 9 years on 2/11/23", {"sentence_length_months": 108, "sentence_date": "2023-11-02"}),
    ("returned to custody 2 feb 2026", {"needs_detail": RECALL, "recall_return_date": "2026-02-02"}),
    ("he came back in last night on a 14 day",
     {"recall_type": "fixed_term_14", "recall_return_date": relative(days=-1)}),
    ("arrived here 4 jan 2026", {"arrival_date": "2026-01-04"}),
    ("received into custody 4 jan 2026", {"reception_date": "2026-01-04"}),
    ("transferring on 4 jan 2027", {"transfer_date": "2027-01-04"}),
    ("COM allocated 4/1/26", {"com_allocated": True, "com_allocation_date": "2026-01-04"}),
    ("last oasys was 10/10/24", {"last_oasys_date": "2024-10-10"}),
    ("oasys review due 10/10/26", {"oasys_review_date": "2026-10-10"}),
    ("serious assault on 5/5/26", {"significant_event_date": "2026-05-05"}),
    ("dob 4/5/2001", {"date_of_birth": "2001-05-04"}),
    ("born 3.4.85", {"date_of_birth": "1985-04-03"}),
    ("born 3/4/49", {"date_of_birth": "1949-04-03"}),
    ("transferred to hospital 3 april 2026", {"hospital_transfer_date": "2026-04-03"}),
    ("remission on 3 april 2026", {"remission_date": "2026-04-03"}),
    ("moved to open 3/4/26", {"in_open_conditions": True, "open_conditions_move_date": "2026-04-03"}),
    ("sentence planning meeting 3/4/26", {"sentence_planning_meeting_date": "2026-04-03"}),
    ("target hearing date 3/4/27", {"target_hearing_date": "2027-04-03"}),
    ("as of 3 march 2026", {"today": "2026-03-03"}),
    ("HDCED 3/4/27", {"other_date": "2027-04-03"}),
    ("the release date is 7 july 2027", {"conditional_release_date": "2027-07-07"}),
    ("he's 8 months from his CRD", {"conditional_release_date": relative(months=8)}),
    ("10 months to tariff", {"tariff_expiry_date": relative(months=10)}),
    ("crd in 5 months", {"conditional_release_date": relative(months=5)}),
    ("8 months from CRD", {"date": {"relative": {"months": -8}, "anchor": "conditional_release_date"}}),
    ("8 months before CRD", {"date": {"relative": {"months": -8}, "anchor": "conditional_release_date"}}),
    ("10 weeks after sentence", {"date": {"relative": {"weeks": 10}, "anchor": "sentence_date"}}),
    ("in 10 weeks", {"date": relative(weeks=10)}),
    ("10 weeks' time", {"date": relative(weeks=10)}),
    ("3 March 2027", {"date": "2027-03-03"}),
    ("tomorrow", {"date": relative(days=1)}),
    ("crd march 2027", {"conditional_release_date": {"partial": "2027-03"}}),
    ("crd 03/2027", {"conditional_release_date": {"partial": "2027-03"}}),
    ("crd mid march '27", {"conditional_release_date": {"partial": "2027-03"}}),
    ("crd 2028", {"conditional_release_date": {"partial": "2028"}}),
    ("crd 14 march", {"conditional_release_date": {"partial": "--03-14"}}),
    ("recalled on 10 january, standard",
     {"recall_type": "standard", "recall_return_date": relative(day_month="01-10", which="last")}),
    ("sentenced 6th june last year", {"sentence_date": relative(day_month="06-06", year="last")}),
    ("sentenced may 25", {"sentence_date": {"partial": "2025-05"}}),
    ("life with a 14 yr tariff from 3/4/2015",
     {"sentence_type": "life", "tariff_length_months": 168, "sentence_date": "2015-04-03"}),
    ("lifer 3/4/24, ted 3/4/36",
     {"sentence_type": "life", "sentence_date": "2024-04-03", "tariff_expiry_date": "2036-04-03"}),
    ("next review due? last one 3/3/25", {"last_parole_review_date": "2025-03-03"}),
    ("the CRD is three weeks on friday",
     {"conditional_release_date": {"invalid": "three weeks on friday",
                                   "reason": "type the date in full, as in 3/4/2027"}}),
    ("released 3/4/25, recalled 5/6/26, standard",
     {"other_date": "2025-04-03", "recall_return_date": "2026-06-05", "recall_type": "standard"}),
    ("D.O.B. 03.04.2008", {"date_of_birth": "2008-04-03"}),
    ("com allocated, handover 3/4/27", {"com_allocated": True, "other_date": "2027-04-03"}),
    ("ped was 3/4/25, knocked back, next one 3/4/26",
     {"parole_eligibility_date": "2025-04-03", "parole_decision": "no_release",
      "next_parole_eligibility_date": "2026-04-03"}),
    ("CRD and ARD 3/4/28", {"conditional_release_date": "2028-04-03", "automatic_release_date": "2028-04-03"}),
    ("offence committed 3/4/19, sentenced 5/6/20", {"other_date": "2019-04-03", "sentence_date": "2020-06-05"}),
    ("no release date yet", {"conditional_release_date": None}),
    ("sentenced in march", {"sentence_date": {"partial": "--03"}}),
    ("no CRD", {"conditional_release_date": None}),
    ("he hasn't got a CRD", {"conditional_release_date": None}),
    ("crd none, ard n/a", {"conditional_release_date": None, "automatic_release_date": None}),
    ("no, crd is 3 March 2028", {"conditional_release_date": "2028-03-03"}),
    ("crd isn't 1/5/28 it's 1/6/28", {"conditional_release_date": "2028-06-01"}),
    ("his crd moved from 1/5/28 to 1/6/28", {"conditional_release_date": "2028-06-01"}),
]  # fmt: skip

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("EDS", {"sentence_type": "determinate_parole"}),
    ("12 year EDS", {"sentence_type": "determinate_parole", "sentence_length_months": 144}),
    ("extended sentence", {"sentence_type": "determinate_parole"}),
    ("SOPC", {"sentence_type": "determinate_parole"}),
    ("determinate parole case", {"sentence_type": "determinate_parole"}),
    ("IPP", {"sentence_type": "ipp"}),
    ("life sentence", {"sentence_type": "life"}),
    ("doing life", {"sentence_type": "life"}),
    ("straight determinate", {"sentence_type": "determinate"}),
    ("it's an indeterminate", {"needs_detail": ISP}),
    ("on remand", {"legal_status": "remand"}),
    ("he was on remand before sentence", {"was_on_remand": True}),
    ("convicted but unsentenced", {"legal_status": "convicted_unsentenced"}),
    ("civil prisoner", {"legal_status": "civil"}),
    ("legacy CRC", {"provider": "CRC"}),
    ("she's NPS", {"provider": "NPS"}),
    ("tier: c", {"tier": "C"}),
    ("it's a tier D", {"tier": "D"}),
    ("should I hold a tier B", {"tier": "B"}),
    ("B", {"tier": "B"}),
    ("very high rosh", {"rosh": "very_high"}),
    ("VHRoSH", {"rosh": "very_high"}),
    ("his rosh is now medium", {"rosh": "medium"}),
    ("assessed as low risk of serious harm", {"rosh": "low"}),
    ("high", {"level": "high"}),
    ("sorry I meant medium", {"level": "medium"}),
    ("RSR 6.89", {"rsr_score": 6.89}),
    ("MAPPA 3", {"mappa_level": 3}),
    ("mappa level two", {"mappa_level": 2}),
    ("not MAPPA", {"mappa_level": "none", "mappa_active_level": "none"}),
    ("actively managed at MAPPA level 2", {"mappa_active_level": 2}),
    ("needs to be managed at MAPPA 3", {"ea_needs_mappa3": True}),
    ("exceptional MAPPA 2", {"ea_mappa2_exceptional": True}),
    ("cat D", {"in_open_conditions": True, "estate": "male_open"}),
    ("in open conditions", {"in_open_conditions": True}),
    ("still in closed", {"in_open_conditions": False}),
    ("private jail", {"prison_operator": "private"}),
    ("public sector prison", {"prison_operator": "public"}),
    ("women's prison", {"estate": "women"}),
    ("HMP Leeds, cat C trainer",
     {"establishment": "HMP Leeds", "prison_function": "trainer", "in_open_conditions": False}),
    ("local prison", {"prison_function": "local"}),
    ("high security prison", {"prison_function": "high_security"}),
    ("coming up from youth custody", {"youth_transition": True}),
    ("in Wales", {"nation": "wales"}),
    ("standard recall", {"recall_type": "standard"}),
    ("FTR 14", {"recall_type": "fixed_term_14"}),
    ("28-day FTR", {"recall_type": "fixed_term_28"}),
    ("fixed term recall", {"needs_detail": FIXED_TERM}),
    ("he's been recalled", {"needs_detail": RECALL}),
    ("parole knocked back", {"parole_decision": "no_release"}),
    ("parole granted", {"parole_decision": "release"}),
    ("the hearing's been deferred", {"parole_decision": "deferred"}),
    ("hearing was adjourned", {"parole_decision": "adjourned"}),
    ("waiting on the parole decision", {"parole_decision": "pending"}),
    ("his recall hearing said no release", {"needs_detail": RECALL, "recall_hearing_outcome": "no_release"}),
    ("HDC case", {"hdc_case": True}),
    ("care experienced", {"care_experienced": True}),
    ("TACT", {"ea_terrorism_offence": True}),
    ("does early allocation apply to a TACT offence?", {"ea_terrorism_offence": True}),
    ("NCA case with an SCPO", {"ea_nca_scpo": True}),
    ("in principle CPPC decision", {"ea_cppc_in_principle": True}),
    ("held in a separation centre", {"ea_separation_centre": True}),
    ("MAESM managed", {"ea_maesm_managed": True}),
    ("high profile case", {"ea_high_profile": True}),
    ("all over the news", {"ea_high_profile": True}),
    ("early allocation's been agreed", {"early_allocation_agreed": True}),
    ("the gatekeeper refused it", {"early_allocation_agreed": False}),
    ("referred for early allocation", {"early_allocation_referred": True}),
    ("no COM yet", {"com_allocated": False}),
    ("POM is band 4", {"current_pom_type": "prison"}),
    ("he's got a probation POM", {"current_pom_type": "probation"}),
    ("screened in for OPD", {"opd_screen": "screened_in"}),
    ("screened out of OPD", {"opd_screen": "screened_out"}),
    ("in a PIPE", {"in_pipe": True}),
    ("high complexity", {"women_complexity": "high"}),
    ("47/49 patient", {"restricted_patient": "s47_49"}),
    ("section 45A", {"restricted_patient": "s45A"}),
    ("restricted patient", {"needs_detail": PATIENT}),
    ("foreign national", {"foreign_national": True}),
    ("IS91", {"immigration_case": True}),
    ("PPO", {"ppo": True}),
    ("rotl has started", {"rotl_started": True}),
    ("no sentence plan yet", {"formal_sentence_plan": False}),
    ("release directed", {"release_directed": True, "parole_decision": "release"}),
]  # fmt: skip

LENGTHS: list[tuple[str, dict[str, Any]]] = [
    ("low rosh, 30 months, nps", {"rosh": "low", "sentence_length_months": 30, "provider": "NPS"}),
    (
        "8 years 4 months EDS (5y 7m custodial)",
        {"sentence_type": "determinate_parole", "sentence_length_months": 100},
    ),
    ("9yr sentence, 4.5 years in", {"sentence_length_months": 108, "time_served": {"months": 54}}),
    (
        "more than 24 months to SED",
        {"time_left": {"months": 24, "comparison": "over", "to": "sentence_expiry_date"}},
    ),
    ("got 40 months", {"sentence_length_months": 40}),
    ("serving 4 years", {"sentence_length_months": 48}),
    ("a 2 and a half year sentence", {"sentence_length_months": 30}),
    ("4 years 6 months custody", {"sentence_length_months": 54}),
    ("9 years", {"duration": {"months": 108}}),
    ("a fortnight ago", {"date": relative(weeks=-2)}),
    ("30 months left", {"time_left": {"months": 30}}),
    ("30 months left at sentence", {"time_left": {"months": 30, "at": "sentence"}}),
    ("less than 10 months to serve", {"time_left": {"months": 10, "comparison": "under"}}),
    (
        "NPS under 10",
        {"provider": "NPS", "time_left": {"months": 10, "comparison": "under", "at": "sentence"}},
    ),
    ("over 12 weeks", {"time_left": {"weeks": 12, "comparison": "over"}}),
    ("15 year tariff", {"tariff_length_months": 180}),
    ("he is 24", {"age_years": 24}),
    ("24 years old", {"age_years": 24}),
    ("aged 19", {"age_years": 19}),
    ("24", {"number": 24}),
    ("twelve", {"number": 12}),
    ("5 years over tariff", {}),
]

DENIED: list[tuple[str, dict[str, Any]]] = [
    ("not recalled", {"recall_type": "none"}),
    ("he hasn't been recalled", {"recall_type": "none"}),
    ("not TACT", {"ea_terrorism_offence": False}),
    ("isn't high profile", {"ea_high_profile": False}),
    ("he isnt TACT or high profile",
     {"ea_terrorism_offence": False, "ea_high_profile": False}),
    ("not TACT, high profile though", {"ea_terrorism_offence": False, "ea_high_profile": True}),
    ("TACT no, SCPO no, high profile yes",
     {"ea_terrorism_offence": False, "ea_nca_scpo": False, "ea_high_profile": True}),
    ("TACT: no; CPPC: no; MAESM: yes",
     {"ea_terrorism_offence": False, "ea_cppc_in_principle": False, "ea_maesm_managed": True}),
    ("never been in care", {"care_experienced": False}),
    ("not in open", {"in_open_conditions": False}),
    ("no mappa", {"mappa_level": "none", "mappa_active_level": "none"}),
    ("she's not foreign national", {"foreign_national": False}),
    ("not HDC", {"hdc_case": False}),
    ("he's NPS not CRC", {"provider": "NPS"}),
    ("tier B not C", {"tier": "B"}),
    ("not high risk", {}),
    ("not a lifer", {}),
]  # fmt: skip

NOT_KNOWN: list[tuple[str, dict[str, Any]]] = [
    ("don't know his CRD", {"not_known": "conditional_release_date"}),
    ("tier unknown", {"not_known": "tier"}),
    ("not sure if he's high profile", {"not_known": "ea_high_profile"}),
    ("I don't know what the tariff is", {"not_known": "tariff_expiry_date"}),
    ("rosh not assessed yet", {"not_known": "rosh"}),
    ("don't know tier, NPS", {"not_known": "tier", "provider": "NPS"}),
    ("crd tbc", {"not_known": "conditional_release_date"}),
    ("don't know who is responsible for a lifer", {"sentence_type": "life"}),
]

TYPING_SLIPS: list[tuple[str, dict[str, Any]]] = [
    ("condtional release date 3 march 2027", {"conditional_release_date": "2027-03-03"}),
    ("tarrif expires 3 febuary 2031", {"tariff_expiry_date": "2031-02-03"}),
    ("recaled yesteday, standerd recal",
     {"recall_type": "standard", "recall_return_date": relative(days=-1)}),
    ("determinat sentance", {"sentence_type": "determinate"}),
    ("senteced 3/4/25", {"sentence_date": "2025-04-03"}),
    ("teir B", {"tier": "B"}),
    ("hes medum risk", {"rosh": "medium"}),
    ("knoked back by parole", {"parole_decision": "no_release"}),
    ("he isnt highprofile", {"ea_high_profile": False}),
    ("care expereinced", {"care_experienced": True}),
    ("privatly managed prison", {"prison_operator": "private"}),
]  # fmt: skip

NOTHING: list[str] = [
    "hi",
    "yes please",
    "how often are lifers reviewed",
    "do remand prisoners get key work",
    "what do low risk men get",
    "can a band 4 hold tier B cases",
    "who is responsible for recalls",
    "open the next one",
    "what is the condition of release on temporary licence",
    "who does the parole report",
    "probation or prison pom?",
    "NPS or CRC?",
    "tier A or B",
    "when is the COM allocated",
    "can he be early allocated",
    "who is the NPS gatekeeper",
    "show me the wording",
    "find out more about release planning",
    "what have you got so far",
    "HDC assessments",
    "life skills course",
    "he may leave",
]


def as_table(message: str) -> dict[str, Any]:
    return {fact.field: fact.value for fact in read_facts(message)}


@pytest.mark.parametrize(
    ("message", "facts"),
    [*WHOLE_CASES, *DATES, *KINDS, *LENGTHS, *DENIED, *NOT_KNOWN, *TYPING_SLIPS],
)
def test_reads_exactly_the_facts_of_a_message(message: str, facts: dict[str, Any]) -> None:
    assert as_table(message) == facts


@pytest.mark.parametrize("message", NOTHING)
def test_reads_no_fact_where_there_is_none(message: str) -> None:
    assert as_table(message) == {}


def test_marks_what_was_worked_out_and_not_said() -> None:
    facts = {fact.field: fact for fact in read_facts("9 years from 2/11/23, crd 1/5/28")}
    assert facts["sentence_type"].derived
    assert not facts["conditional_release_date"].derived


def test_a_release_date_is_taken_for_the_crd_and_marked() -> None:
    (fact,) = read_facts("release date 3/4/27")
    assert (fact.field, fact.derived) == ("conditional_release_date", True)


def test_a_length_with_a_parole_date_is_not_called_determinate() -> None:
    assert "sentence_type" not in as_table("12 years, ped 3/4/30, crd 3/4/34")


def test_a_fact_points_at_its_words() -> None:
    message = "He's NPS, CRD is 3 March 2027."
    words = {fact.field: message[fact.start : fact.end] for fact in read_facts(message)}
    assert words == {"provider": "NPS", "conditional_release_date": "3 March 2027"}


def test_notices_names_and_numbers_of_people() -> None:
    found = as_table("Mr Smith A1234BC is at HMP Leeds, dob 1/2/90")
    assert found["personal_name"] == "Smith"
    assert found["prison_number"] == "A1234BC"
    assert found["establishment"] == "HMP Leeds"
    assert found["date_of_birth"] == "1990-02-01"


@pytest.mark.parametrize("message", ["John Smith is NPS", "his name is Darren O'Neill", "called Aaron Jones"])
def test_notices_a_likely_name(message: str) -> None:
    assert "personal_name" in as_table(message)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("his name is peter brown born 3/4/1985", "peter brown"),
        ("called craig and he's nps", "craig"),
        ("mr hussain, crd 4/4/28", "hussain"),
    ],
)
def test_notices_a_name_in_small_letters(message: str, name: str) -> None:
    assert as_table(message)["personal_name"] == name


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("no she is in open", {"in_open_conditions": True}),
        ("no he's crc", {"provider": "CRC"}),
        ("no wait crc was right", {"provider": "CRC"}),
        ("no hdc", {"hdc_case": False}),
        ("no he isn't in open", {"in_open_conditions": False}),
        ("not c, b", {"tier": "B"}),
    ],
)
def test_a_no_that_answers_denies_nothing_after_it(message: str, facts: dict[str, Any]) -> None:
    assert as_table(message) == facts


def test_a_year_and_a_day_said_apart_are_one_date() -> None:
    assert as_table("ted is 2033 not 2032, 9 june") == {"tariff_expiry_date": "2033-06-09"}


def test_the_days_of_a_recall_are_its_type_beside_the_return() -> None:
    found = as_table("28 day, came back on 4 march 2026, determinate, nps")
    assert found["recall_type"] == "fixed_term_28"


@pytest.mark.parametrize("message", ["hdc eligibility rules", "who is eligible for hdc"])
def test_rules_about_a_thing_are_no_fact_of_a_case(message: str) -> None:
    assert as_table(message) == {}


@pytest.mark.parametrize(
    "message",
    [
        "his name is not known",
        "they called him in for a recall",
        "Lancaster Farms did well",
        "Head of Offender Management",
        "Tier B Case",
    ],
)
def test_takes_no_title_or_place_for_a_name(message: str) -> None:
    assert "personal_name" not in as_table(message)


@pytest.mark.parametrize(
    ("message", "edition"),
    [
        ("what about under the 2019 model", "2019"),
        ("and the 2022 guide?", "2022"),
        ("what does the live service say", "2026-service"),
    ],
)
def test_reads_which_edition_is_meant(message: str, edition: str) -> None:
    assert as_table(message) == {"edition": edition}


def test_the_same_message_always_reads_the_same() -> None:
    message = WHOLE_CASES[0][0]
    assert read_facts(message) == read_facts(message)
