"""People, what they can do, and what they cost."""

from __future__ import annotations

from typing import NamedTuple


class PersonFacts(NamedTuple):
    """A person. `since` and `until` are months from now; `signs_in` is whether a user is made; `rate` is per hour."""

    key: str
    name: str
    unit: str
    title: str
    rate: int
    family: str
    location: str = "Rotterdam"
    since: float = -60
    until: float | None = None
    kind: str = "staff"
    employer: str = ""
    manager: str = ""
    signs_in: bool = True
    heads: str = ""


P = PersonFacts
RTM, HAM, HULL, UTR = "Rotterdam", "Hamburg", "Hull", "Utrecht"

PEOPLE: tuple[PersonFacts, ...] = (
    P("vestergaard", "Ingrid Vestergaard", "VTG", "Chief executive", 168, "lead", RTM, -71, heads="VTG"),
    P("bergman", "Gustav Bergman", "OPS", "Chief operating officer", 152, "lead", RTM, -96, -18.2, heads="OPS"),
    P("belkacem", "Amina Belkacem", "OPS", "Chief operating officer", 154, "lead", RTM, -19.0),
    P("tavares", "Ricardo Tavares", "INF", "Director of Infrastructure", 151, "lead", RTM, -58, heads="INF"),
    P("lindqvist", "Henrik Lindqvist", "DIG", "Chief digital officer", 149, "lead", UTR, -44, heads="DIG"),
    P("dlamini", "Caroline Dlamini", "COR", "Chief financial officer", 153, "lead", RTM, -80, heads="COR"),
    P("vandongen", "Marit van Dongen", "COR-PMO", "Head of PMO", 118, "pmo", RTM, -52, heads="COR-PMO"),
    P("wasilewski", "Piotr Wasilewski", "COR-PMO", "Portfolio manager", 96, "pmo", RTM, -47),
    P("lombardi", "Chiara Lombardi", "COR-PMO", "PMO officer", 68, "pmo", RTM, -40),
    P("raman", "Deepak Raman", "COR-PMO", "Planning specialist", 88, "pmo", UTR, -42),
    P("deboer", "Femke de Boer", "COR-PMO", "Risk specialist", 87, "pmo", RTM, -45),
    P("hofmann", "Greta Hofmann", "COR-PMO", "Benefits specialist", 86, "pmo", HAM, -31),
    P("herrera", "Tomás Herrera", "COR-PMO", "Reporting specialist", 82, "pmo", RTM, -43, -5.3),
    P("haddad", "Nour Haddad", "COR-PMO", "Reporting specialist", 80, "pmo", RTM, -6.0),
    P("pettersen", "Jonas Pettersen", "INF", "Programme office lead", 92, "pmo", RTM, -50),
    P(
        "gallagher",
        "Sinead Gallagher",
        "OPS-HUM",
        "Integration office lead",
        94,
        "pmo",
        HULL,
        -19.4,
        manager="macdonald",
    ),
    P("tanabe", "Yuki Tanabe", "COR-HR", "Resource manager", 89, "pmo", RTM, -49),
    P("balogun", "Olumide Balogun", "COR-FIN", "Finance partner, projects", 91, "pmo", RTM, -54),
    P("brouwer", "Willem Brouwer", "OPS-TRAM", "Head of Tram and Light Rail", 112, "ops", RTM, -110, heads="OPS-TRAM"),
    P("mulder", "Saskia Mulder", "OPS-TRAM-D", "Depot manager", 78, "ops", RTM, -63, heads="OPS-TRAM-D"),
    P("nkemelu", "Grace Nkemelu", "OPS-BUS", "Head of Bus and Coach", 111, "ops", RTM, -66, heads="OPS-BUS"),
    P("sivertsen", "Arne Sivertsen", "OPS-FER", "Head of Ferries", 108, "ops", HAM, -75, heads="OPS-FER"),
    P(
        "ashcroft",
        "Margaret Ashcroft",
        "OPS-HUM",
        "Managing director, Humber",
        116,
        "ops",
        HULL,
        -19.4,
        heads="OPS-HUM",
    ),
    P("krause", "Dieter Krause", "INF-TRK", "Head of Track and Civil Works", 109, "civil", RTM, -88, heads="INF-TRK"),
    P("papadaki", "Sofia Papadaki", "INF-PWR", "Head of Traction Power", 108, "power", RTM, -57, heads="INF-PWR"),
    P("iyer", "Rajesh Iyer", "INF-SIG", "Head of Signalling and Telecoms", 110, "signal", RTM, -62, heads="INF-SIG"),
    P(
        "fontaine",
        "Elise Fontaine",
        "INF-STN",
        "Head of Stations and Property",
        106,
        "civil",
        RTM,
        -51,
        heads="INF-STN",
    ),
    P("zhao", "Mei-Ling Zhao", "DIG-TKT", "Head of Ticketing", 107, "digital", UTR, -46, heads="DIG-TKT"),
    P("ionescu", "Bogdan Ionescu", "DIG-DAT", "Head of Data and Platforms", 109, "digital", UTR, -48, heads="DIG-DAT"),
    P(
        "figueiredo",
        "Joana Figueiredo",
        "DIG-CUS",
        "Head of Customer Services",
        98,
        "digital",
        RTM,
        -55,
        heads="DIG-CUS",
    ),
    P("osei", "Patrick Osei", "COR-FIN", "Group controller", 110, "pmo", RTM, -69, heads="COR-FIN"),
    P("smit", "Hanneke Smit", "COR-HR", "Head of People and Skills", 104, "pmo", RTM, -92, heads="COR-HR"),
    P("moretti", "Luca Moretti", "COR-PRO", "Head of Procurement", 103, "pmo", RTM, -53, heads="COR-PRO"),
    P("adebayo", "Tunde Adebayo", "INF", "Programme manager", 104, "pm", RTM, -45),
    P("engstrom", "Astrid Engström", "INF-PWR", "Programme manager", 102, "pm", RTM, -41),
    P("dubois", "Marcel Dubois", "INF-TRK", "Programme manager", 101, "pm", RTM, -64),
    P("rahmani", "Zainab Rahmani", "INF-STN", "Programme manager", 99, "pm", RTM, -43),
    P("kowalczyk", "Stefan Kowalczyk", "OPS-BUS", "Programme manager", 100, "pm", RTM, -56),
    P("macdonald", "Fiona Macdonald", "OPS-BUS", "Programme manager", 103, "pm", HULL, -21),
    P("deshmukh", "Anjali Deshmukh", "DIG-TKT", "Programme manager", 105, "pm", UTR, -47),
    P("horak", "Viktor Horák", "DIG-DAT", "Programme manager", 102, "pm", UTR, -42),
    P("hartwig", "Leonie Hartwig", "INF-SIG", "Project manager", 90, "pm", RTM, -39),
    P("vargas", "Mateo Vargas", "INF-TRK", "Project manager", 88, "pm", RTM, -50),
    P("nowicka", "Ewa Nowicka", "INF-TRK", "Project manager", 87, "pm", RTM, -44),
    P("albrecht", "Gerd Albrecht", "INF-TRK", "Project manager", 89, "pm", HAM, -120, -16.0),
    P("boateng", "Kwame Boateng", "INF-PWR", "Project manager", 88, "pm", RTM, -42),
    P("steiner", "Julia Steiner", "INF-PWR", "Project manager", 86, "pm", HAM, -40),
    P("jansen", "Bram Jansen", "INF-STN", "Project manager", 85, "pm", RTM, -61),
    P("moyo", "Thandiwe Moyo", "INF-STN", "Project manager", 86, "pm", RTM, -41),
    P("lehtonen", "Oskar Lehtonen", "OPS-BUS", "Project manager", 87, "pm", RTM, -45),
    P("ferreira", "Nadia Ferreira", "OPS-BUS", "Project manager", 85, "pm", RTM, -43),
    P("fraser", "Callum Fraser", "OPS-HUM", "Project manager", 84, "pm", HULL, -19.4, manager="macdonald"),
    P("endo", "Hiroshi Endo", "DIG-TKT", "Project manager", 89, "pm", UTR, -48),
    P("marchand", "Lucie Marchand", "DIG-TKT", "Product owner", 88, "pm", UTR, -40),
    P("khoury", "Samir Khoury", "DIG-DAT", "Project manager", 90, "pm", UTR, -44),
    P("brennan", "Aoife Brennan", "DIG-DAT", "Project manager", 87, "pm", UTR, -39),
    P("claes", "Pieter Claes", "OPS-FER", "Project manager", 84, "pm", HAM, -52),
    P("castellano", "Inés Castellano", "INF-TRK", "Project manager", 86, "pm", RTM, -41),
    P(
        "pritchard",
        "Owen Pritchard",
        "INF-SIG",
        "Signalling designer",
        112,
        "signal",
        RTM,
        -13,
        kind="contractor",
        employer="Ridgeway Rail Design",
    ),
    P("sobczak", "Magda Sobczak", "INF-SIG", "Signalling engineer", 79, "signal", RTM, -50),
    P("amrani", "Youssef Amrani", "INF-TRK-P", "Possession planner", 74, "civil", RTM, -46, manager="krause"),
    P("oberholzer", "Karin Oberholzer", "INF-PWR", "Power engineer", 80, "power", HAM, -48),
    P("okonkwo", "Daniel Okonkwo", "DIG-TKT", "Test manager", 78, "digital", UTR, -43),
    P("nilsen", "Freya Nilsen", "DIG-CUS", "Service designer", 75, "digital", RTM, -42),
    P("yildiz", "Emre Yildiz", "DIG-DAT", "Data engineer", 82, "digital", UTR, -34),
    P(
        "varga",
        "László Varga",
        "INF-TRK-P",
        "Site supervisor",
        84,
        "civil",
        RTM,
        -22,
        kind="contractor",
        employer="Brenner Civil Works",
    ),
    P(
        "lemaire",
        "Hugo Lemaire",
        "COR-PRO",
        "Key account director",
        0,
        "",
        "Lille",
        -33,
        kind="supplier",
        employer="Alstad Rail Systems",
        signs_in=False,
    ),
    P(
        "vogel",
        "Petra Vogel",
        "COR-PRO",
        "Project director",
        0,
        "",
        HAM,
        -26,
        kind="supplier",
        employer="Elbtal Charging Systems",
        signs_in=False,
    ),
    P(
        "meijer",
        "Sander Meijer",
        "VTG",
        "Head of public transport",
        0,
        "",
        RTM,
        -38,
        kind="client",
        employer="Zuidmark Transport Authority",
        signs_in=False,
    ),
    P(
        "whitford",
        "Alan Whitford",
        "OPS-HUM",
        "Concession manager",
        0,
        "",
        HULL,
        -14,
        kind="client",
        employer="Humber Combined Authority",
        signs_in=False,
    ),
)
#: Who has left although roles are still open: last day in months from now. The watch finds it.
LEFT_WITH_ROLES = {"castellano": -0.9}
#: Who takes over whose roles, and when.
SUCCESSIONS: tuple[tuple[str, str, float], ...] = (
    ("bergman", "belkacem", -18.2),
    ("albrecht", "nowicka", -16.0),
    ("herrera", "haddad", -5.3),
)
#: Roles held at the whole organisation or at a unit: person, role, unit ("" for the whole), since.
STANDING_ROLES: tuple[tuple[str, str, str, float], ...] = (
    ("vandongen", "PMO-HEAD", "", -37.9),
    ("wasilewski", "PMO-SPECIALIST", "", -37.8),
    ("lombardi", "PMO-OFFICER", "", -37.8),
    ("balogun", "FINANCE", "", -37.8),
    ("tanabe", "RESOURCE", "", -37.8),
    ("deboer", "RISK", "", -37.5),
    ("raman", "PLANNING", "VTG", -37.5),
    ("herrera", "REPORTING", "", -37.5),
    ("hofmann", "BENEFITS", "", -30.5),
    ("moretti", "COMMERCIAL", "VTG", -36.9),
    ("pettersen", "PMO-SPECIALIST", "INF", -34),
    ("gallagher", "PMO-SPECIALIST", "OPS-HUM", -19.2),
    ("vestergaard", "BOARD", "VTG", -37.5),
    ("dlamini", "BOARD", "VTG", -37.5),
)

#: family -> its skills
SKILLS: dict[str, tuple[str, ...]] = {
    "Civil engineering": ("Track design", "Bridge assessment", "Possession planning", "Site supervision"),
    "Electrical engineering": ("Overhead line", "Substation design", "Depot charging"),
    "Signalling and control": ("Signalling design", "Interlocking test", "Control room systems"),
    "Digital delivery": ("Payment systems", "Data engineering", "Service design", "Test management", "Cyber security"),
    "Project delivery": ("Scheduling", "Cost control", "Risk analysis", "Stakeholder work", "Contract management"),
}
#: family of a person -> families of skills, best first
FITS: dict[str, tuple[str, ...]] = {
    "lead": ("Project delivery",),
    "pmo": ("Project delivery",),
    "pm": ("Project delivery", "Civil engineering"),
    "ops": ("Project delivery",),
    "civil": ("Civil engineering", "Project delivery"),
    "power": ("Electrical engineering", "Project delivery"),
    "signal": ("Signalling and control", "Electrical engineering"),
    "digital": ("Digital delivery", "Project delivery"),
}


class QualificationFacts(NamedTuple):
    """A qualification type, and the families of people who hold it."""

    code: str
    name: str
    kind: str
    issuer: str
    months: int | None
    evidence: bool
    families: tuple[str, ...]


QUALIFICATIONS: tuple[QualificationFacts, ...] = (
    QualificationFacts(
        "PTS", "Personal track safety", "certificate", "Railway Safety Board", 24, True, ("civil", "signal", "power")
    ),
    QualificationFacts("HV-AUTH", "High-voltage authorisation", "licence", "Grid Inspectorate", 36, True, ("power",)),
    QualificationFacts("POSS-L", "Possession leader", "licence", "Railway Safety Board", 36, True, ("civil",)),
    QualificationFacts(
        "SIG-TEST", "Signalling tester in charge", "licence", "Railway Safety Board", 36, True, ("signal",)
    ),
    QualificationFacts("P2-PRAC", "PRINCE2 Practitioner", "certificate", "PeopleCert", 36, False, ("pm", "pmo")),
    QualificationFacts("MOR", "Risk management practitioner", "certificate", "PeopleCert", 36, False, ("pmo",)),
    QualificationFacts("PCI", "Payment card security", "certificate", "PCI Council", 12, False, ("digital",)),
    QualificationFacts("MSC-CIV", "MSc Civil engineering", "degree", "University", None, False, ("civil",)),
)
#: Holdings that end soon or have ended: person, type, months from now at which they expire.
EXPIRING: tuple[tuple[str, str, float], ...] = (
    ("pritchard", "PTS", 0.8),
    ("amrani", "POSS-L", 1.4),
    ("oberholzer", "HV-AUTH", 1.7),
    ("varga", "PTS", -0.4),
    ("okonkwo", "PCI", -1.1),
)
#: Qualifications that were entered without the paper that shows them: person, type. The watch finds them.
UNPROVEN = frozenset({("iyer", "SIG-TEST"), ("varga", "POSS-L")})
