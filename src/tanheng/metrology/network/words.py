"""Words of the network in Chinese and English: media, levels, methods, and the letters of metering points."""

from __future__ import annotations

from tanheng.accounting.plant import Words
from tanheng.core.messages import render
from tanheng.metrology.network.model import Level, Medium

_MEDIA: dict[Medium, Words] = {
    Medium.RAW_MATERIAL: {"zh": "原料、生料", "en": "raw material, raw meal"},
    Medium.CLINKER: {"zh": "熟料", "en": "clinker"},
    Medium.CEMENT: {"zh": "水泥", "en": "cement"},
    Medium.FOSSIL_FUEL: {"zh": "化石燃料", "en": "fossil fuel"},
    Medium.ALTERNATIVE_FUEL: {"zh": "替代燃料", "en": "alternative fuel"},
    Medium.ELECTRICITY: {"zh": "电力", "en": "electricity"},
    Medium.HEAT: {"zh": "热力", "en": "heat"},
    Medium.FLUE_GAS: {"zh": "烟气", "en": "flue gas"},
    Medium.DUST: {"zh": "窑灰、旁路灰", "en": "kiln and bypass dust"},
    Medium.WATER: {"zh": "水", "en": "water"},
}
_LEVELS: dict[Level, Words] = {
    Level.ENTITY: {"zh": "法人边界", "en": "legal entity"},
    Level.ENTRY: {"zh": "进出用能单位", "en": "entry of the enterprise"},
    Level.SYSTEM: {"zh": "主要次级用能单位", "en": "secondary units"},
    Level.EQUIPMENT: {"zh": "主要用能设备", "en": "main equipment"},
}
_ENERGIES: dict[str, Words] = {
    "electricity": {"zh": "电力", "en": "electricity"},
    "coal": {"zh": "煤炭", "en": "coal"},
    "crude_oil": {"zh": "原油", "en": "crude oil"},
    "oil_products": {"zh": "成品油", "en": "oil products"},
    "heavy_oil": {"zh": "重油、渣油", "en": "heavy oil"},
    "natural_gas": {"zh": "天然气", "en": "natural gas"},
    "coal_gas": {"zh": "煤气", "en": "coal gas"},
    "steam": {"zh": "蒸汽", "en": "steam"},
    "water": {"zh": "水", "en": "water"},
    "recovered_energy": {"zh": "可回收利用的余能", "en": "recovered energy"},
}

ENERGIES = tuple(_ENERGIES)
"""Rows of the GB 17167 rates, in its order."""


def medium_word(medium: Medium) -> Words:
    """Return what a medium is called."""
    return dict(_MEDIA[medium])


def level_word(level: Level) -> Words:
    """Return what a level is called."""
    return dict(_LEVELS[level])


def energy_word(energy: str) -> Words:
    """Return what a row of the GB 17167 rates is called; an unknown row keeps its key."""
    return dict(_ENERGIES.get(energy, {"zh": energy, "en": energy}))


class Say:
    """The labels of the drawings in one language: the messages ``metrology.drawing.*``."""

    def __init__(self, lang: str) -> None:
        self.lang = "zh" if lang == "zh" else "en"

    def __call__(self, label: str, /, **fields: object) -> str:
        """Return the label called ``metrology.drawing.<label>``."""
        return render(f"metrology.drawing.{label}", self.lang, fields)

    def of(self, words: Words) -> str:
        """Return a title in this language, or in the other where it has none."""
        return words.get(self.lang) or words.get("zh") or words.get("en") or ""
