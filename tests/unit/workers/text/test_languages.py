"""No comment is held for its language or its script."""

import pytest

from tests.support.builders import a_comment
from tests.unit.workers.about import NOW, facts
from workers.filters import BUILT_IN
from workers.judging.judge import run_filters
from workers.judging.policy import build_policy
from workers.text.normalization import fold

#: "Thank you for the article, but I disagree with its end", and informal comments.
HONEST = {
    "Arabic": "شكرًا على هذا المقال الرائع، لكنني أختلف معك في النقطة الثانية",
    "Hebrew": "תודה על הכתבה, אני לא מסכים עם הסיום שלה",
    "Hebrew with vowels": "שָׁלוֹם לְכֻלָּם, תּוֹדָה רַבָּה",
    "Persian": "ممنون از مقاله، می\u200cخواهم بیشتر بدانم",
    "Urdu": "بہت اچھا مضمون ہے، شکریہ",
    "Hindi": "बहुत अच्छा लेख है, धन्यवाद",
    "Tamil": "நல்ல கட்டுரை, நன்றி",
    "Bengali": "খুব ভালো লেখা, ধন্যবাদ",
    "Thai": "บทความดีมาก ขอบคุณครับ แต่ผมไม่เห็นด้วยกับข้อสุดท้าย",
    "Lao": "ຂໍຂອບໃຈສຳລັບບົດຄວາມ",
    "Burmese": "ဆောင်းပါးအတွက် ကျေးဇူးတင်ပါတယ်",
    "Khmer": "អរគុណសម្រាប់អត្ថបទនេះ",
    "Chinese": "写得很好,不过我不同意最后一点。谢谢分享!",
    "Japanese": "とても参考になりました。ＷＥＢデザインの本も読んでみます。ありがとうございます！",
    "Korean": "좋은 글 감사합니다. 마지막 부분은 동의하기 어렵네요 ㅋㅋㅋㅋㅋ",
    "Russian": "Спасибо за статью, но с последним пунктом не согласен.",
    "Ukrainian": "Дякую за статтю, але з останнім пунктом я не згоден.",
    "Bulgarian": "Благодаря за статията, но не съм съгласен с последната точка.",
    "Greek": "Ευχαριστώ για το άρθρο, αλλά διαφωνώ με το τέλος.",
    "Armenian": "Շնորհակալություն հոդվածի համար",
    "Georgian": "გმადლობთ სტატიისთვის, ძალიან საინტერესოა",
    "Amharic": "ስለ ጽሑፉ በጣም አመሰግናለሁ",
    "Turkish": "Yazı için teşekkürler, ışık hakkındaki kısım çok güzel olmuş.",
    "Vietnamese": "Cảm ơn bài viết, nhưng tôi không đồng ý với phần cuối.",
    "Indonesian": "Terima kasih artikelnya, tapi saya kurang setuju dengan bagian akhirnya",
    "Tagalog": "Salamat sa artikulo, pero hindi ako sang-ayon sa dulo",
    "Swahili": "Asante kwa makala hii, nimejifunza mengi",
    "Yoruba": "Ẹ ṣé fún àpilẹ\u0300kọ yìí, ó dára púpọ\u0300",
    "Polish": "Dzięki za artykuł, ale nie zgadzam się z zakończeniem. Łódź pozdrawia!",
    "Czech": "Díky za článek, s koncem ale nesouhlasím.",
    "Hungarian": "Köszönöm a cikket, de a végével nem értek egyet.",
    "German": "Danke für den Artikel, beim Schluss bin ich anderer Meinung. Straße und Grüße!",
    "French decomposed": "Merci pour l'article, tre\u0300s inte\u0301ressant, je l'ai lu a\u0300 Noël",
    "Spanish": "¡Gracias por el artículo! ¿Cuándo sale la segunda parte?",
    "Portuguese": "Obrigado pelo artigo, mas não concordo com o final.",
    "Danish": "Tak for artiklen, men jeg er ikke enig i slutningen. Smørrebrød ænder på øen.",
    "Guarani": "Aguyje ko kuatiañe\u02bcẽre, ag\u0303a amoñe\u02bcẽta",
    "emoji": "😂😂😂",
    "emoji many": "❤\ufe0f❤\ufe0f❤\ufe0f❤\ufe0f❤\ufe0f🔥🔥🔥👏👏👏👏👏",
    "family emoji": "👩\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈",
    "thumbs": "👍",
    "laughter thai": "555555",
    "laughter zh": "哈哈哈哈哈哈哈哈",
    "laughter es": "jajajajaja",
    "laughter id": "wkwkwkwkwk",
    "laughter ko": "ㅋㅋㅋㅋㅋㅋ",
    "laughter ru": "ахахахаха ))))))",
    "chinese numbers": "我今年25岁,住在北京朝阳区。",
    "zh long url": "参考 https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC",
    "Serbian mixed": "Хвала на чланку! Windows и Linux корисници се слажу.",
    "Japanese katakana": "コメントありがとう！パソコンのＵＳＢケーブル",
    "Russian with Latin": "Обновил Docker и всё заработало, спасибо",
    "Russian inflected brand": "Скачал через Google'ом, на iPhone'е работает",
}


@pytest.mark.parametrize("language", HONEST)
def test_an_honest_comment_is_approved_in_every_language(language: str) -> None:
    known = facts(moderation="suspicious", required=())
    comment = a_comment(author="", email="", url="", content=HONEST[language])
    decision = build_policy(BUILT_IN, {}).decide(run_filters(comment, known, BUILT_IN), NOW)
    assert decision.action == "approve"


@pytest.mark.parametrize("language", HONEST)
def test_no_script_counts_as_a_disguise(language: str) -> None:
    assert fold(HONEST[language]).disguises == ()


@pytest.mark.parametrize(
    "laughter", ["哈哈哈哈哈哈哈哈", "555555", "ㅋㅋㅋㅋㅋㅋ", "😂😂😂😂😂😂😂", "👏🏽👏🏽👏🏽👏🏽👏🏽👏🏽"]
)
def test_laughter_and_applause_give_no_signal(laughter: str) -> None:
    signals = run_filters(
        a_comment(author="", email="", url="", content=laughter), facts(moderation="suspicious"), BUILT_IN
    )
    assert not [s for s in signals if s.name.startswith(("shouting", "learned.spam", "duplicates"))]
