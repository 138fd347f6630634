"""The words of the folder in Chinese and English: column heads, scopes, groups, places, bases, origins, units.

Both languages mean the same id; the first word of a language is the one a template writes. Comparison ignores case, blanks
around and inside, and full-width forms.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from tanheng.accounting import items
from tanheng.accounting.plant import Basis, Place
from tanheng.core.states import Origin
from tanheng.core.units import UNITS

Vocabulary = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Id → (Chinese words, English words)."""

COLUMNS: Vocabulary = {
    "scope": (("范围", "核算范围", "生产线", "核算单元"), ("scope", "line")),
    "group": (("类别", "数据类别"), ("group", "category")),
    "stream": (("源流", "燃料/原料/熟料名称", "品种", "名称"), ("stream", "source stream")),
    "item": (("信息项", "项目", "参数"), ("item",)),
    "unit": (("单位", "计量单位"), ("unit",)),
    "basis": (("基准", "基", "水分基准"), ("basis",)),
    "place": (("计量地点", "地点", "计量位置"), ("place",)),
    "origin": (("获取方式",), ("origin", "acquisition method")),
    "source": (("数据来源",), ("source", "data source")),
    "evidence": (("支撑材料", "证明材料"), ("evidence", "supporting material")),
    "remark": (("备注", "说明"), ("remark", "remarks", "note")),
    "sample": (("样品编号", "样品号"), ("sample", "sample id")),
    "date": (("采样日期", "取样日期"), ("date", "sampling date")),
    "value": (("数值", "结果", "检测结果"), ("value", "result")),
    "weight": (("代表量(t)", "代表量", "代表质量"), ("weight (t)", "weight", "mass represented")),
    "known": (("知悉日期", "报告日期"), ("known", "date reported")),
    "laboratory": (("实验室", "检测机构"), ("laboratory",)),
    "report": (("报告编号", "报告号"), ("report", "report number")),
    "quantity": (("数据项编号", "编码"), ("quantity", "quantity id")),
    "period": (("月份", "期间"), ("period", "month")),
    "reason": (("更正理由", "理由"), ("reason",)),
    "person": (("经办人", "责任人"), ("person",)),
    "instrument": (("器具编号", "设备编号"), ("instrument", "instrument id")),
    "class": (("准确度等级", "等级"), ("class", "accuracy class")),
    "mpe": (("最大允许误差",), ("mpe", "maximum permissible error")),
    "u": (("扩展不确定度U", "U"), ("u", "expanded uncertainty")),
    "k": (("包含因子k", "k"), ("k", "coverage factor")),
    "valid_to": (("有效期至", "有效期"), ("valid to", "valid_to")),
    "shared": (("共用误差组", "误差组"), ("error group", "shared error")),
    "certificate": (("证书编号", "证书"), ("certificate",)),
    "cause": (("不确定度来源", "成因"), ("cause",)),
    "shape": (("分布",), ("shape", "distribution")),
    "size": (("大小",), ("size",)),
    "stated": (("表示方式",), ("stated as", "stated")),
    "dof": (("自由度",), ("dof", "degrees of freedom")),
    "kind": (("效应",), ("kind", "effect")),
}

SCOPES: Vocabulary = {
    "site": (("全厂", "厂区", "共用"), ("site",)),
    "enterprise": (("企业", "企业层级"), ("enterprise",)),
}

GROUPS: Vocabulary = {
    "fuel": (("化石燃料", "燃料"), ("fuel", "fossil fuel")),
    "alternative_fuel": (("替代燃料",), ("alternative_fuel", "alternative fuel")),
    "material": (("替代原料", "非碳酸盐替代原料", "原料"), ("material", "alternative material")),
    "clinker": (("熟料",), ("clinker",)),
    "product": (("产品",), ("product",)),
    "precursor": (("前体", "前体产品"), ("precursor",)),
    "raw_meal": (("生料",), ("raw_meal", "raw meal")),
    "electricity": (("电力",), ("electricity",)),
    "heat": (("热力",), ("heat",)),
    "power_facility": (("发电设施",), ("power_facility", "power facility")),
    "other": (("其他排放", "其他"), ("other",)),
    "carbon_in_products": (("产品固碳", "产品含碳"), ("carbon_in_products", "carbon in products")),
    "operation": (("运行",), ("operation",)),
}

PLACES: Vocabulary = {
    Place.DELIVERED: (("入厂",), ("delivered",)),
    Place.MILL: (("入磨",), ("mill",)),
    Place.KILN: (("入窑",), ("kiln",)),
    Place.STOCK: (("库存",), ("stock",)),
    Place.OTHER: (("其他用途", "其他"), ("other",)),
}

BASES: Vocabulary = {
    Basis.AS_RECEIVED: (("收到基",), ("ar", "as received")),
    Basis.AIR_DRIED: (("空干基", "空气干燥基"), ("ad", "air dried", "air-dried")),
    Basis.DRY: (("干基", "干燥基"), ("d", "dry")),
}

ORIGINS: Vocabulary = {
    Origin.MEASURED: (("实测值", "实测"), ("measured",)),
    Origin.SUBSTITUTED: (("替代值", "替代", "估算值"), ("substituted", "estimated")),
    Origin.MANUAL: (("手工值", "手工"), ("manual",)),
    Origin.DEFAULT: (("缺省值", "缺省"), ("default",)),
    Origin.CALCULATED: (("计算值", "计算"), ("calculated",)),
}

_UNIT_WORDS: Mapping[str, tuple[str, ...]] = {
    "1": ("无量纲",),
    "%": ("百分数",),
    "t": ("吨",),
    "kg": ("千克", "公斤"),
    "10^4t": ("万吨", "万t", "10⁴t"),
    "Nm3": ("标方", "标立方米"),
    "10^4Nm3": ("万Nm3", "万标方", "万标立方米"),
    "MWh": ("兆瓦时",),
    "kWh": ("千瓦时", "度"),
    "10^4kWh": ("万kWh", "万千瓦时", "万度"),
    "GJ": ("吉焦",),
    "GJ/10^4Nm3": ("GJ/万Nm3",),
    "kcal/kg": ("千卡/千克", "大卡/千克", "大卡/kg"),
    "d": ("天",),
    "h": ("小时",),
}


def folded(word: str) -> str:
    """Return a word as it is compared: compatible forms, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", word).lower().split())


class Known(dict[str, str]):
    """Folded word → id, with the word each language shows for an id; an id without one is shown as it is."""

    def __init__(self, known: Mapping[str, str], shown: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(known)
        self.shown = shown


def titles_of(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Return id → first word of each language."""
    return {str(key): {"zh": words[0][0], "en": words[1][0]} for key, words in vocabulary.items()}


def title_of(vocabulary: Vocabulary, key: str) -> Mapping[str, str]:
    """Return the first words for an id, the id itself where it has none."""
    return titles_of(vocabulary).get(key, {"zh": key, "en": key})


def listed(known: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a message that lists what words may mean: the ids, and their words in each language."""
    ids = list(dict.fromkeys(known.values()))
    shown = known.shown if isinstance(known, Known) else {}
    fields = {"known": _some(ids, ", ")}
    for language, sign in (("zh", "、"), ("en", ", ")):
        fields[f"known_{language}"] = _some([shown[key][language] if key in shown else key for key in ids], sign)
    return fields


def _some(words: list[str], sign: str) -> str:
    return sign.join(words[:25]) + (" …" if len(words) > 25 else "")


def by_word(vocabulary: Vocabulary) -> Known:
    """Return folded word → id; the ids themselves are words too."""
    known = Known({folded(key): str(key) for key in vocabulary}, titles_of(vocabulary))
    for key, words in vocabulary.items():
        for word in (*words[0], *words[1]):
            known.setdefault(folded(word), str(key))
    return known


def first_word(vocabulary: Vocabulary, key: str, lang: str) -> str:
    """Return the word a template writes for an id in one language."""
    return vocabulary[key][0 if lang == "zh" else 1][0]


_RAISED = str.maketrans({"⁴": "^4", "³": "3", "²": "2", "₂": "2", "℃": "degC"})


def plain_unit(word: str) -> str:
    """Return a unit without raised and lowered figures; units keep their case, for ``m`` and ``M`` are different things."""
    return "".join(unicodedata.normalize("NFKC", word.translate(_RAISED)).split())


def units_by_word() -> dict[str, str]:
    """Return plain word → unit."""
    known = {name: name for name in UNITS}
    for name, words in _UNIT_WORDS.items():
        known.update({plain_unit(word): name for word in words})
    return known


def items_by_word(group: str) -> Known:
    """Return folded word → item of one group, by id and by title in both languages."""
    offered = {**items.STREAMED, **items.PLAIN}[group]
    known = Known({folded(name): name for name in offered}, {name: dict(item.title) for name, item in offered.items()})
    for name, item in offered.items():
        for word in item.title.values():
            known.setdefault(folded(word), name)
    return known


def unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return folded word → id of the words that mean one thing only."""
    meanings: dict[str, set[str]] = {}
    for word, key in pairs:
        if folded(word):
            meanings.setdefault(folded(word), set()).add(key)
    return {word: next(iter(keys)) for word, keys in meanings.items() if len(keys) == 1}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the word most like ``word``, or nothing when none is near.

    Examples
    --------
    >>> nearest("bitumous_coal", ["anthracite", "bituminous_coal"])
    'bituminous_coal'
    """
    found = difflib.get_close_matches(folded(word), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


CAUSES: Vocabulary = {
    "calibration": (("校准",), ("calibration",)),
    "permissible-error": (("最大允许误差",), ("permissible error", "permissible-error")),
    "resolution": (("分辨力",), ("resolution",)),
    "repeatability": (("重复性",), ("repeatability",)),
    "drift": (("漂移",), ("drift",)),
    "sampling": (("采样",), ("sampling",)),
    "preparation": (("制样",), ("preparation", "sample preparation")),
    "reproducibility": (("再现性",), ("reproducibility",)),
    "representativeness": (("代表性",), ("representativeness",)),
    "influence": (("影响量",), ("influence", "influence quantity")),
    "other": (("其他",), ("other",)),
}

SHAPES: Vocabulary = {
    "normal": (("正态",), ("normal",)),
    "rectangular": (("矩形", "均匀"), ("rectangular", "uniform")),
    "triangular": (("三角",), ("triangular",)),
    "arcsine": (("反正弦",), ("arcsine",)),
}

STATED: Vocabulary = {
    "u": (("标准不确定度", "u"), ("standard", "standard uncertainty")),
    "half-width": (("半宽", "区间半宽"), ("half-width", "half width")),
    "expanded": (("扩展不确定度",), ("expanded", "expanded uncertainty")),
}

KINDS: Vocabulary = {
    "random": (("随机",), ("random",)),
    "systematic": (("系统",), ("systematic",)),
}
