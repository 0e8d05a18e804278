"""Labels of the site's own furniture, as data.

They add certainty where structure alone leaves a doubt (a bare label, a count other than 0); no rule in ``chrome``
needs one to recognise the comment line, the byline or a source line with its address. The first rows are labels seen
verbatim on the site (SITE.md); the others are what the Vietnamese original ("Nguồn", "Bình luận", "Cùng chủ đề",
"Cùng chuyên mục", "Cùng tác giả", "Ảnh") is in the language, so a label missing here costs certainty, not the article.
"""

from __future__ import annotations

import re

# Never translated, in any language version.
SITE_NAME = "Vietnam.vn"
SITE_SLOGAN = "Nền tảng quảng bá Việt Nam"
NATIONAL_MOTTO = "Độc lập - Tự do - Hạnh phúc"
NO_DATA = "no data"
FOOTER_MARKS = (
    "BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH",
    "CỤC THÔNG TIN CƠ SỞ",
    "Chịu trách nhiệm",
    "Cục trưởng",
    "Giấy phép",
    "Trụ sở",
)


# What stands behind a label: the colon as Latin, Chinese, Khmer, Armenian and Ethiopic write it.
COLONS = ":：៖՝፡"
# Hebrew and Arabic vowel points, which translators put on words that stand alone.
_POINTS = re.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u0652\u0670]")


def _set(text: str) -> frozenset[str]:
    return frozenset(label.strip().casefold() for label in text.replace("\n", "|").split("|") if label.strip())


SOURCE = _set("""
Nguồn|Source|Lien source|Quelle|Källa|Fuente|Bron|Fonte|Источник|Джерело|出典|ソース|출처|ที่มา|المصدر|Sumber
Link nguồn|Source link|Lien de la source|Quellenlink|Quell-Link|Källlänk|Enlace de origen|Enlace fuente|Bronlink
Link da fonte|Ссылка на источник|Посилання на джерело|出典リンク|ソースリンク|출처 링크|ลิงก์ที่มา|رابط المصدر|Tautan sumber
مصدر|منبع|ماخذ|ذریعہ|מקור|स्रोत|स्त्रोत|সূত্র|উৎস|ஆதாரம்|மூலம்|ഉറവിടം|మూలం|ಮೂಲ|ਸਰੋਤ|સ્ત્રોત|මූලාශ්‍රය|ແຫຼ່ງທີ່ມາ|ທີ່ມາ|ແຫຼ່ງ
ប្រភព|ရင်းမြစ်|အရင်းအမြစ်|Pinagmulan|Pinagkunan|Zdroj|Źródło|Forrás|Sursă|Sursa|Πηγή|Kaynak|Kilde|Lähde|Извор|Източник|Izvor
Vir|Šaltinis|Avots|Allikas|Крыніца|Дереккөз|Manba|Mənbə|Эх сурвалж|წყარო|Աղբյուր|Burimi|Font|Fonto|Iturria|Heimild|Chanzo
来源|來源|資料來源|资料来源|出处|出處|源|자료 출처|ที่มาของข่าว|แหล่งที่มา|Sumber berita|Pautan sumber|Link sursă|Link źródłowy|Odkaz na zdroj
Σύνδεσμος πηγής|Kaynak bağlantısı|Kildelink|Kildelenke|Lähdelinkki|Link alla fonte|Link fonte|לינק למקור|קישור למקור|لینک منبع|स्रोत लिंक
""")

COMMENT = _set("""
Bình luận|Comment|Kommentar|Reactie|Comentário|Комментарий|Коментар|コメント|댓글|การแสดงความคิดเห็น|تعليق|Komentar
Comments|Commentaire|Commentaires|Kommentare|Kommentarer|Comentario|Comentarios|Reacties|Opmerking|Opmerkingen|Comentários
Комментарии|Коментарі|의견|코멘트|ความคิดเห็น|แสดงความคิดเห็น|تعليقات|التعليقات|Ulasan|Komen|Komentarz|Komentarze|Komentář|Komentáře
Komentár|Komentáre|Megjegyzés|Hozzászólás|Hozzászólások|Komment|Comentariu|Comentarii|Σχόλιο|Σχόλια|Yorum|Yorumlar
نظر|نظرات|دیدگاه|تبصرہ|تبصرے|תגובה|תגובות|टिप्पणी|टिप्पणियाँ|टिप्पणियां|মন্তব্য|கருத்து|கருத்துகள்|അഭിപ്രായം|വ്യാഖ്യാനം|వ్యాఖ్య|ಕಾಮೆಂಟ್
ຄຳເຫັນ|ຄໍາເຫັນ|ຄວາມຄິດເຫັນ|មតិ|មតិយោបល់|យោបល់|បញ្ចេញមតិ|မှတ်ချက်|Komento|Mga komento|Commento|Commenti|Kommentti|Kommentit
Коментари|Komentari|Komentāri|Komentaras|Kommentaar|Пікір|Izoh|Şərh|Сэтгэгдэл|კომენტარი|Մեկնաբանություն|Koment|Comentari|Maoni
评论|評論|留言|回應|回复|प्रतिक्रिया|ਟਿੱਪਣੀ|ટિપ્પણી|අදහස්
""")

RELATED = _set("""
Cùng chủ đề|Cùng chuyên mục|Cùng tác giả|Tin liên quan|Bài liên quan|Có thể bạn quan tâm
Same tag|Same category|Same author|Même sujet|Même catégorie|Même auteur|I samma ämne|I samma kategori|Av samma författare
Gleiches Thema|Gleiche Kategorie|Gleicher Autor|Same topic|Related news|Related articles
Mismo tema|Misma categoría|Mismo autor|Zelfde onderwerp|Dezelfde categorie|Dezelfde auteur|Mesmo tópico|Mesmo tema|Mesma categoria
Mesmo autor|Та же тема|Та же категория|Тот же автор|Та сама тема|Та сама категорія|Той самий автор|同じトピック|同じカテゴリー|同じカテゴリ|同じ著者
같은 주제|같은 카테고리|같은 저자|หัวข้อเดียวกัน|หมวดหมู่เดียวกัน|ผู้เขียนเดียวกัน|نفس الموضوع|نفس الفئة|نفس المؤلف|Topik yang sama
Kategori yang sama|Penulis yang sama|Stesso argomento|Stessa categoria|Stesso autore|Ten sam temat|Ta sama kategoria|Ten sam autor
Stejné téma|Stejná kategorie|Stejný autor|Ugyanaz a téma|Ugyanaz a kategória|Ugyanaz a szerző|Același subiect|Aceeași categorie
Același autor|Ίδιο θέμα|Ίδια κατηγορία|Ίδιος συγγραφέας|Aynı konu|Aynı kategori|Aynı yazar|Samme emne|Samme kategori|Samme forfatter
Sama aihe|Sama kategoria|Sama kirjoittaja|Même tag|Misma etiqueta|Mesma tag|Gleicher Tag|Gleiches Tag|Samma tagg|Samma ämne|Samma kategori|Samma författare|Stesso tag
Parehong paksa|Parehong kategorya|Parehong may-akda|Същата тема|Същата категория|Същият автор|Rovnaká téma|Rovnaká kategória|Rovnaký autor
Ista tema|Ista kategorija|Isti autor|Иста тема|Иста категорија|Исти аутор|Pengarang yang sama|Tag yang sama|Aynı etiket|แท็กเดียวกัน|ประเภทเดียวกัน
همان موضوع|همان دسته|همان دسته‌بندی|همان نویسنده|אותו נושא|אותה קטגוריה|אותו מחבר|אותו תג|एक ही विषय|एक ही श्रेणी|एक ही लेखक|समान विषय|समान श्रेणी|समान लेखक
একই বিষয়|একই বিভাগ|একই লেখক|ایک ہی موضوع|ایک ہی زمرہ|ایک ہی مصنف|ប្រធានបទដូចគ្នា|ប្រភេទដូចគ្នា|អ្នកនិពន្ធដូចគ្នា|ຫົວຂໍ້ດຽວກັນ|ໝວດດຽວກັນ|ປະເພດດຽວກັນ|ຜູ້ຂຽນດຽວກັນ
同じタグ|同じ作者|동일한 태그|같은 태그|동일한 카테고리|동일한 저자|같은 작가|نفس الوسم|نفس العلامة|نفس الكاتب|相同标签|相同標籤|同标签|同标签文章
相同主题|同一主题|同类|相同类别|同一作者|相同作者|同一主題|相同類別
""")

TAG = _set("""
Tag|Tags|Từ khóa|Từ khoá|Chủ đề|Mots-clés|Mots clés|Étiquettes|Schlagwörter|Schlagwort|Stichwörter|Taggar|Etiquetas|Etiqueta|Теги|Тег|Ключевые слова
Ключові слова|タグ|キーワード|태그|키워드|แท็ก|คำสำคัญ|الوسوم|وسوم|الكلمات المفتاحية|Tagi|Štítky|Címkék|Címke|Etichete|Ετικέτες|Etiketler|Etiket
Thẻ|Mot-clé|Mot clé|Étiquette|Keresőszavak|Kulcsszavak|Słowa kluczowe|Słowo kluczowe|Etikett|Etiketter|Tagg|Nyckelord|Trefwoord|Trefwoorden
Λέξεις-κλειδιά|Ετικέτα|Avainsanat|Tunniste|Tunnisteet|Kata kunci|Palavras-chave|Palavra-chave|Palabras clave|Palabra clave|Parole chiave|Parola chiave
Klíčová slova|Kľúčové slová|Štítek|Značka|Značky|Cuvinte cheie|Cuvinte-cheie|Etichetă|Anahtar kelimeler|Anahtar kelime|Emneord|Nøkkelord|Nøgleord|Stikord
Метка|Метки|Ключевое слово|Мітка|Мітки|Таг|Тагове|Ознаке|Oznake|Oznaka|Stichwort|Markierung|คำค้น|คำค้นหา|คีย์เวิร์ด|แท็ก|ป้ายกำกับ|ស្លាក|ពាក្យគន្លឹះ|ປ້າຍກຳກັບ|ແທັກ|ຄໍາສໍາຄັນ
תגית|תגים|תג|מילות מפתח|وسم|علامة|العلامة|العلامات|کلمات کلیدی|کلیدواژه|کلیدواژه‌ها|ٹیگز|टैग्स|कीवर्ड|मुख्य शब्द|ট্যাগস|கீவேர்டு|குறிச்சொல்|குறிச்சொற்கள்|အမှတ်အသား|တဂ်
标签|標籤|关键词|關鍵詞|关键字|關鍵字|برچسب|برچسب‌ها|ٹیگ|תגיות|टैग|ট্যাগ|Keyword|Keywords
""")

# Agencies and broadcasters that stand alone in the place of a source line (`Vnews`: SITE.md).
AGENCY = _set("Vnews|VOV|VTV|VTC|VNA|TTXVN|VGP|SGGP|VietnamPlus|Vietnam+|VietnamNet|VnExpress|Nhân Dân|Znews")

PHOTO = _set("""
Ảnh|Hình|Hình ảnh|Photo|Image|Picture|Foto|Bild|Afbeelding|Фото|Изображение|Зображення|写真|画像|사진|이미지|รูปภาพ|ภาพ|ภาพที่|صورة|الصورة|Gambar
Imagem|Imagen|Immagine|Zdjęcie|Obraz|Obrázek|Kép|Fotó|Fotografie|Imagine|Φωτογραφία|Εικόνα|Fotoğraf|Resim|Görsel|Kuva|Valokuva|Bilde|Billede|Снимка
照片|图片|图|圖|圖片|عکس|تصویر|תמונה|फोटो|चित्र|छवि|ছবি|புகைப்படம்|ചിത്രം|ຮູບພາບ|ຮູບ|រូបភាព|រូបថត|ဓာတ်ပုံ|Larawan
""")


LONGEST = 4 + max(len(label) for labels in (SOURCE, COMMENT, RELATED, TAG, PHOTO) for label in labels)


def is_known(label: str, labels: frozenset[str]) -> bool:
    """Whether a label, without its colon and vowel points and in any case, is in a set.

    >>> is_known("Quelle:", SOURCE), is_known("מָקוֹר", SOURCE), is_known("Kapitel", SOURCE)
    (True, True, False)
    """
    if len(label) > LONGEST:
        return False
    bare = label.strip(f" .|{COLONS}").casefold()
    return bare in labels or (not bare.isascii() and _POINTS.sub("", bare) in labels)
