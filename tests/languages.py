"""Small articles in the languages that patients read, each with every kind of block, and words for them.

The interface words are no translations: each is made of words of the language, so that a test sees
whether they are set right, and nobody takes them for more. ``{…}`` stand where the English ones have them.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
IMAGES = Path(__file__).parent / "projects/complete/source/small-article/images"


@dataclass(frozen=True)
class Sample:
    """One language: a title, sentences (Markdown), and words to make interface words of."""

    title: str
    sentences: tuple[str, ...]
    words: tuple[str, ...]


SAMPLES = {
    "en": Sample(
        "Islet cells: [שלום 12 (עולם)]{lang=he} and [الصحة]{lang=ar}",
        (
            "Type 1 diabetes is a **chronic** disease in which the immune system attacks cells.",
            "In VX-880 (NCT04786262), [ناسور]{lang=ar} and all, 12 people took part; 10 stopped injecting.",
            "Nobody knows yet whether it lasts longer than 3 years; the study *still* goes on.",
            "Ask your doctor before you change a dose by 5 % or 10 mg, [שלום עולם]{lang=he} and all.",
            "People in Boston are well; this is no medical advice.",
        ),
        ("health", "article", "question", "note", "table", "figure", "step", "contents", "source", "date"),
    ),
    "ar": Sample(
        "زراعة خلايا الجُزر البنكرياسية: دراسة [VX-880 (NCT04786262)]{lang=en}",
        (
            "السكري من النوع الأول مرض **مزمن** يهاجم فيه الجهاز المناعي خلايا بيتا في البنكرياس.",
            "شارك في الدراسة [VX-880 (NCT04786262)]{lang=en} اثنا عشر شخصًا، وتوقف 10 منهم عن حقن الأنسولين.",
            "لا أحد يعرف بعدُ هل يدوم هذا الأثر أكثر من ٣ سنوات (أي ٣٦ شهرًا)؛ والدراسة *ما زالت* مستمرة.",
            "اسأل طبيبك قبل أن تغيّر جرعة الدواء بمقدار 5 % أو 10 mg، ولا توقف أدوية تثبيط المناعة بنفسك.",
            "يُعالَج المرضى في مستشفى [Mass General Hospital]{lang=en} وفي مراكز أخرى؛ هذه ليست نصيحة طبية.",
        ),
        (
            "الصحة",
            "مقال",
            "سؤال",
            "ملاحظة",
            "جدول",
            "شكل",
            "خطوة",
            "محتويات",
            "مصدر",
            "تاريخ",
            "صفحة",
            "غلاف",
        ),
    ),
    "he": Sample(
        "השתלת תאי איים: ניסוי [VX-880 (NCT04786262)]{lang=en}",
        (
            "סוכרת מסוג 1 היא מחלה **כרונית** שבה מערכת החיסון תוקפת את תאי הבטא בלבלב.",
            "בניסוי [VX-880 (NCT04786262)]{lang=en} השתתפו 12 אנשים, ו־10 מהם הפסיקו להזריק אינסולין.",
            "איש אינו יודע עדיין אם ההשפעה נמשכת יותר מ־3 שנים (36 חודשים); הניסוי *עדיין* נמשך.",
            "שאלו את הרופא לפני שאתם משנים את המינון ב־5% או ב־10 מ״ג, ואל תפסיקו תרופות לבד.",
            "הילד שָׁלוֹם טופל בבית החולים [Massachusetts General Hospital]{lang=en}; אין זו עצה רפואית.",
        ),
        ("בריאות", "מאמר", "שאלה", "הערה", "טבלה", "איור", "צעד", "תוכן", "מקור", "תאריך", "עמוד", "כריכה"),
    ),
    "vi": Sample(
        "Cấy ghép tế bào đảo tụy: nghiên cứu VX-880 (NCT04786262)",
        (
            "Bệnh tiểu đường loại 1 là bệnh **mạn tính**: hệ miễn dịch tấn công tế bào trong tuyến tụy.",
            "Mười hai người đã tham gia nghiên cứu VX-880 (NCT04786262); 10 người ngừng tiêm insulin.",
            "Chưa ai biết hiệu quả có kéo dài hơn 3 năm (36 tháng) hay không; họ *vẫn* đang nghiên cứu.",
            "Hãy hỏi bác sĩ trước khi thay đổi liều thuốc 5 % hoặc 10 mg, và đừng tự ý ngừng thuốc.",
            "Những người được điều trị ở Hà Nội, Huế và Đà Nẵng đều khỏe; đây không phải là lời khuyên y tế.",
        ),
        ("sức", "khỏe", "bài", "viết", "hỏi", "ghi", "chú", "bảng", "bước", "nguồn", "ngày", "trang"),
    ),
    "ru": Sample(
        "Пересадка островковых клеток: исследование VX-880 (NCT04786262)",
        (
            "Сахарный диабет 1 типа — это **хроническая** болезнь, когда иммунитет атакует клетки.",
            "В исследовании VX-880 (NCT04786262) участвовали 12 человек; 10 из них перестали колоть инсулин.",
            "Никто ещё не знает, сохранится ли эффект дольше 3 лет (36 месяцев); исследование *ещё* идёт.",
            "Спросите врача, прежде чем менять дозу на 5 % или 10 мг, и не прекращайте приём лекарств сами.",
            "Объём и подъём: щука, ёлка, жизнь; это не медицинский совет.",
        ),
        (
            "здоровье",
            "статья",
            "вопрос",
            "сноска",
            "таблица",
            "шаг",
            "источник",
            "дата",
            "страница",
            "обложка",
        ),
    ),
    "el": Sample(
        "Μεταμόσχευση νησιδίων: η μελέτη VX-880 (NCT04786262)",
        (
            "Ο διαβήτης τύπου 1 είναι **χρόνια** πάθηση: το ανοσοποιητικό επιτίθεται στα β-κύτταρα.",
            "Στη μελέτη VX-880 (NCT04786262) πήραν μέρος 12 άτομα· τα 10 σταμάτησαν την ινσουλίνη.",
            "Κανείς δεν ξέρει ακόμη αν το αποτέλεσμα διαρκεί πάνω από 3 χρόνια (36 μήνες)· *συνεχίζεται*.",
            "Ρωτήστε τον γιατρό σας πριν αλλάξετε τη δόση κατά 5 % ή 10 mg· ΰ, ΐ, Ά, ᾳ, ἄνθρωπος.",
            "Όσοι θεραπεύτηκαν στην Αθήνα είναι καλά· αυτό δεν είναι ιατρική συμβουλή.",
        ),
        ("υγεία", "άρθρο", "ερώτηση", "σημείωση", "πίνακας", "βήμα", "πηγή", "ημέρα", "σελίδα", "εξώφυλλο"),
    ),
    "pl": Sample(
        "Przeszczep komórek wysp: badanie VX-880 (NCT04786262)",
        (
            "Cukrzyca typu 1 to choroba **przewlekła**: układ odpornościowy atakuje komórki beta trzustki.",
            "W badaniu VX-880 (NCT04786262) wzięło udział 12 osób; 10 z nich przestało wstrzykiwać insulinę.",
            "Nikt jeszcze nie wie, czy efekt trwa dłużej niż 3 lata (36 miesięcy); badanie *wciąż* trwa.",
            "Zapytaj lekarza, zanim zmienisz dawkę o 5 % lub 10 mg; zażółć gęślą jaźń.",
            "Osoby leczone w Łodzi mają się dobrze; to nie jest porada lekarska.",
        ),
        ("zdrowie", "artykuł", "pytanie", "przypis", "tabela", "krok", "źródło", "data", "strona", "okładka"),
    ),
    "tr": Sample(
        "Adacık hücresi nakli: VX-880 çalışması (NCT04786262) İLK BULGULAR",
        (
            "Tip 1 diyabet **kronik** bir hastalıktır: bağışıklık sistemi pankreastaki hücrelere saldırır.",
            "VX-880 (NCT04786262) çalışmasına 12 kişi katıldı; 10 kişi insülin iğnesini bıraktı.",
            "Etkinin 3 yıldan (36 ay) uzun sürüp sürmediğini kimse bilmiyor; çalışma *hâlâ* sürüyor.",
            "Dozu % 5 ya da 10 mg değiştirmeden önce doktorunuza sorun: İĞNE, ILIK, ışık, diğer.",
            "İstanbul ve Iğdır'da tedavi görenler iyi; bu tıbbi bir öneri değildir.",
        ),
        ("sağlık", "makale", "soru", "dipnot", "tablo", "adım", "kaynak", "tarih", "sayfa", "kapak"),
    ),
}
EDITIONS = {
    "web": {"format": "html"},
    "handout": {"format": "pdf", "paper": "a4", "layout": "article"},
    "large": {"format": "pdf", "paper": "letter", "profile": "aph-large-18", "duplex": True, "cover": True},
    "leaflet": {"format": "pdf", "paper": "a4", "layout": "leaflet"},
    "questions": {
        "format": "pdf",
        "paper": "a4",
        "layout": "questions",
        "leaves_out": [{"part": "faq", "reason": "The leaflet has it."}],
    },
    "ebook": {"format": "epub"},
}


def interface_words(language: str) -> dict[str, Any]:
    """Return interface words made of words of ``language``, no two the same, with all their fields."""
    english = yaml.safe_load((REPOSITORY / "layouts/shared/words/en.yaml").read_text(encoding="utf-8"))
    words = SAMPLES[language].words
    count = 0

    def made(text: str) -> str:
        nonlocal count
        parts = []
        for field in ["", *re.findall(r"\{\w+\}", text)]:
            parts.append(
                f"{words[count % len(words)]} {words[count // len(words) % len(words)]} {field}".strip()
            )
            count += 1
        return " ".join(parts) + (":" if text.endswith(":") else "")

    found: dict[str, Any] = {}
    for key, text in english.items():
        if key == "months":
            found[key] = [f"{words[n % len(words)]}{'' if n < len(words) else words[0]}" for n in range(12)]
        elif (re.fullmatch(r"[{}\w.]+|\{day\} \{month\} \{year\}", text) and "{" in text) or (
            key.startswith("reference_") and text.isascii() and text.isupper()
        ):
            found[key] = text
        else:
            found[key] = made(text)
    return found


def article(language: str) -> dict[str, Any]:
    """Return an article in ``language``, as the YAML of a source."""
    sample = SAMPLES[language]
    one, two, three, four, five = sample.sentences
    bare = [re.sub(r"[*]|\[([^\]]*)\]\{[^}]*\}", r"\1", each) for each in sample.sentences]
    term = sample.words
    return {
        "format": 1,
        "id": f"sample-{language}",
        "language": language,
        "kicker": f"{term[0]} {term[1]}",
        "title": sample.title,
        "summary": bare[0],
        "keywords": list(term[:3]),
        "lede": f"{one}[^trial] {two}",
        "statement": five,
        "gist": four,
        "key_points": [f"{two}[^study]", three, four],
        "known": [two, one],
        "unknown": [three],
        "introduction": [f"{one} {three} {two}"],
        "sections": [
            {
                "id": "first",
                "heading": f"{term[2]}: *{term[3]}* [la vida]{{lang=es}}, {sample.title}",
                "body": [
                    f"{one} {two}[^trial] {three} [{term[3]}](https://health.example/a?b=1&c=2) {four}",
                    f"- {one}\n  - {two}\n    - {three}\n  - {four}\n- {five}[^study]\n",
                    f"1. {one}\n2. {two}\n   1. {three}\n   2. {four}\n",
                    f"{four}\\\n{five}",
                    {
                        "figure": {
                            "id": "curve",
                            "image": "images/sugar-curve.svg",
                            "alt": bare[2],
                            "caption": f"{three}[^study]",
                            "description": one,
                        }
                    },
                    {"callout": {"type": "warning", "label": term[4], "title": two, "body": three}},
                ],
            },
            {
                "id": "second",
                "heading": term[5],
                "body": [
                    {
                        "steps": {
                            "id": "the-steps",
                            "steps": [
                                {"title": two, "facets": {term[0]: three, term[1]: four}},
                                {"title": term[6], "facets": {term[0]: one, term[1]: two}},
                            ],
                        }
                    },
                    {
                        "table": {
                            "id": "numbers",
                            "caption": two,
                            "columns": [term[2], f"{term[3]} VX-880", term[4]],
                            "rows": [["12", one, "−5 %"], [f"{term[5]} 3", two, "10 mg (NCT04786262)"]],
                        }
                    },
                    {"part": {"id": "signal", "kicker": term[7], "question": four, "body": [five]}},
                ],
            },
        ],
        "faq": [
            {"id": "why", "question": two, "answer": three},
            {"id": "who", "question": term[8], "answer": one},
        ],
        "disclaimers": [{"id": "no-advice", "title": term[9], "text": f"{five} {four}"}],
        "related": [{"id": "more", "title": two, "url": "https://health.example/more"}],
        "references": [
            {
                "id": id,
                "kind": "journal",
                "citation": f"{term[1]} [Reichman TW et al. *N Engl J Med*. 2025;393:858–868]{{lang=en}}.",
                "identifiers": {"doi": f"10.5555/{id}", "nct": "NCT04786262"},
                "used_for": two,
                "does_not_prove": three,
                "verified": "2026-05-14",
            }
            for id in ("trial", "study")
        ],
        "trust": {"authors": [{"name": term[3], "credentials": "MD"}], "funding": five},
        "question_sheet": [
            {"title": term[4], "list": "first-l1", "answer": "tick"},
            {"title": term[5], "text": four, "steps": "the-steps", "facet": term[1]},
        ],
        "dates": {"checked": "2026-05-14", "reviewed": "2026-05-15"},
    }


def write_project(folder: Path, *languages: str, **editions: dict[str, Any]) -> None:
    """Write a project with an article in each of ``languages`` and all ``EDITIONS``, or those given."""
    source, words = folder / "source", folder / "layouts/shared/words"
    words.mkdir(parents=True)
    source.mkdir()
    house = {
        "format": 1,
        "name": SAMPLES[languages[0]].words[0] + " Desk",
        "url": "https://health.example/",
        "editions": editions or EDITIONS,
    }
    # Every JSON text is YAML.
    (source / "publish.yaml").write_text(json.dumps(house, ensure_ascii=False), encoding="utf-8")
    for language in languages:
        its_words = json.dumps(interface_words(language), ensure_ascii=False)
        (words / f"{language}.yaml").write_text(its_words, encoding="utf-8")
        home = source / f"sample-{language}"
        shutil.copytree(IMAGES, home / "images")
        text = json.dumps(article(language), ensure_ascii=False, indent=1)
        (home / "article.yaml").write_text(text, encoding="utf-8")
