"""Labels of the site's own furniture, as data.

They decide where structure alone leaves a doubt (a bare label, a count other than 0); no rule in ``chrome``
needs one to recognise the comment line, the byline or a source line with its address. The first rows are labels seen
verbatim on the site (SITE.md); the others are what the Vietnamese original ("Nguồn", "Bình luận", "Cùng chủ đề",
"Cùng chuyên mục", "Cùng tác giả", "Ảnh") is in the language, so a label missing here costs certainty, not the article.
"""

from __future__ import annotations

import re

from pipelines.site import SITE_NAME as SITE_NAME

# Never translated, in any language version.
SITE_SLOGAN = "Nền tảng quảng bá Việt Nam"
NATIONAL_MOTTO = "Độc lập - Tự do - Hạnh phúc"
NO_DATA = "no data"
IMPRINT_MARKS = ("BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "CỤC THÔNG TIN CƠ SỞ", "Chịu trách nhiệm")
FOOTER_MARKS = (
    *IMPRINT_MARKS,
    "Cục trưởng",
    "Giấy phép",
    "Trụ sở",
)


# What follows a label: the colon as Latin, Chinese, Khmer, Armenian and Ethiopic write it.
COLONS = ":：៖՝፡"
# Hebrew and Arabic vowel points, which translators put on single words.
_POINTS = re.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u0652\u0670]")


def _set(text: str) -> frozenset[str]:
    return frozenset(label.strip().casefold() for label in text.replace("\n", "|").split("|") if label.strip())


SOURCE = _set("""
Nguồn|Source|Lien source|Quelle|Källa|Fuente|Bron|Fonte|Источник|Джерело|出典|ソース|출처|ที่มา|المصدر|Sumber
Link nguồn|Source link|Lien de la source|Quellenlink|Quell-Link|Källlänk|Enlace de origen|Enlace fuente|Bronlink
Link da fonte|Ссылка на источник|Посилання на джерело|出典リンク|ソースリンク|출처 링크|ลิงก์ที่มา|رابط المصدر|Tautan sumber
مصدر|منبع|ماخذ|ذریعہ|מקור|स्रोत|स्त्रोत|সূত্র|উৎস|ஆதாரம்|மூலம்|ഉറവിടം|మూలం|ಮೂಲ|ਸਰੋਤ|સ્ત્રોત|මූලාශ්‍රය|ແຫຼ່ງທີ່ມາ|ທີ່ມາ|ແຫຼ່ງ
ប្រភព|ရင်းမြစ်|အရင်းအမြစ်|အရင်းအမြစ်|Pinagmulan|Pinagkunan|Zdroj|Źródło|Forrás|Sursă|Sursa|Πηγή|Kaynak|Kilde|Lähde|Извор|Източник|Izvor
Vir|Šaltinis|Avots|Allikas|Крыніца|Дереккөз|Manba|Mənbə|Эх сурвалж|წყარო|Աղբյուր|Burimi|Font|Fonto|Iturria|Heimild|Chanzo
来源|來源|資料來源|资料来源|出处|出處|源|원문|자료 출처|원본|원문 보기|원문 출처|뉴스 출처|原文|查看原文|阅读原文|閱讀原文|文章来源|文章來源|新闻来源|新聞來源|元記事|引用元|情報元|ニュースソース|ที่มาของข่าว|ที่มาข่าว|แหล่งที่มา|Sumber berita|Sumber asli|Sumber artikel|Article source|Original source|Original article|Source de l'article|Source originale|Article original|Fuente original|Fuente del artículo|Artículo original|Fonte originale|Fonte original|Fonte do artigo|Artigo original|Articolo originale|Quellenangabe|Originalquelle|Originalartikel|Quelle des Artikels|Källhänvisning|Originalkälla|Originele bron|Oorspronkelijk artikel|Источник статьи|Первоисточник|Першоджерело|Джерело статті|Źródło artykułu|Zdroj článku|A cikk forrása|Sursa articolului|Πηγή άρθρου|Makalenin kaynağı|Haber kaynağı|مصدر المقال|مصدر الخبر|منبع خبر|מקור הכתבה|מקור הידיעה|Bài gốc|Nguồn tin|Nguồn bài viết|Xem bài gốc|Pautan sumber|Link sursă|Link źródłowy|Odkaz na zdroj
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
Megjegyzések|မှတ်ချက်များ|评论|評論|留言|回應|回复|प्रतिक्रिया|ਟਿੱਪਣੀ|ટિપ્પણી|අදහස්
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
标签|標籤|关键词|關鍵詞|关键字|關鍵字|برچسب|برچسب‌ها|ٹیگ|תגיות|टैग|ট্যাগ|Keyword|Keywords|Hashtag|Hashtags
Schlagworte|Marcadores|Etichette|Etichetta|Ключови думи|Етикети|Етикет|Raktažodžiai|Märksõnad|Atslēgvārdi|Ключавыя словы|Kľúčové slovo
""")

# Agencies and broadcasters that appear alone in place of a source line (`Vnews`: SITE.md).
AGENCY = _set("Vnews|VOV|VTV|VTC|VNA|TTXVN|VGP|SGGP|VietnamPlus|Vietnam+|VietnamNet|VnExpress|Nhân Dân|Znews")

PHOTO = _set("""
Ảnh|Hình|Hình ảnh|Photo|Image|Picture|Foto|Bild|Afbeelding|Фото|Изображение|Зображення|写真|画像|사진|이미지|รูปภาพ|ภาพ|ภาพที่|صورة|الصورة|Gambar
Imagem|Imagen|Immagine|Zdjęcie|Obraz|Obrázek|Kép|Fotó|Fotografie|Imagine|Φωτογραφία|Εικόνα|Fotoğraf|Resim|Görsel|Kuva|Valokuva|Bilde|Billede|Снимка
照片|图片|图|圖|圖片|عکس|تصویر|תמונה|फोटो|चित्र|छवि|ছবি|புகைப்படம்|ചിത്രം|ຮູບພາບ|ຮູບ|រូបភាព|រូបថត|ဓာတ်ပုံ|Larawan
Nuotrauka|Fotografija|Slika|Фотография|Фотографія|Світлина|Снимок|Знімок|Слика|Сурет|Зураг|ფოტო|სურათი|Լուսանկար|Նկար|तस्बिर|तस्वीर|छायाचित्र|చిత్రం|ఫోటో|ಚಿತ್ರ|ಫೋಟೋ|ഫോട്ടോ|ફોટો|ਫੋਟੋ|ਤਸਵੀਰ
ඡායාරූපය|ඡායාරූප|පින්තූරය|படம்|ภาพถ่าย|ภาพประกอบ|ຮູບຖ່າຍ|រូប|ပုံ|图像|圖像|圖說|相片|图示|イメージ|그림|이미지|Attēls|Pilt|Slika|Argazkia|Ljósmynd|Mynd|Picha|Şəkil|Rasm|Fotografía|Fotografia|Fotografi|Fotoğrafı|Illustration|Ilustrasi|Ilustração|Ilustración|ፎቶ
""")

# What a newspaper's page has in place of a picture's description (`Photo caption`): a part of the line is enough.
CAPTION = _set("""
caption|chú thích|mô tả ảnh|mô tả hình|bildtext|bildunterschrift|bildbeschreibung|bildbeskrivning|beschriftung|bijschrift|onderschrift|afbeeldingsbeschrijving|billedtekst|bildetekst|kuvateksti
légende|légende photo|pie de foto|pie de imagen|leyenda|peu de foto|didascalia|legenda|legendă|altyazı|alt yazı|подпись|подписи|подпис|підпис|надпис|описание изображения|опис зображення|описание фото
popisek|popis obrázku|popis fotky|opis zdjęcia|podpis zdjęcia|podpis pod zdjęciem|képaláírás|képfelirat|képleírás|λεζάντα|opis slike|vaizdo aprašymas|nuotraukos aprašymas|antraštė nuotraukos|attēla paraksts|pildiallkiri|foto allkiri
キャプション|写真説明|画像の説明|写真の説明|图片说明|圖片說明|图说|圖說|照片说明|相片說明|사진 설명|이미지 설명|캡션|คำบรรยาย|คำอธิบายภาพ|ຄຳບັນຍາຍ|ຄໍາບັນຍາຍ|ចំណងជើងរូប|ការពិពណ៌នារូប|ပုံစာ|ဓာတ်ပုံစာ
وصف الصورة|شرح الصورة|تعليق الصورة|التسمية التوضيحية|شرح عکس|توضیح عکس|زیرنویس|تصویر کی تفصیل|تصویر کا عنوان|כיתוב|תיאור תמונה|תיאור התמונה|कैप्शन|चित्र विवरण|तस्वीर का विवरण|फोटो विवरण|ছবির বিবরণ|ক্যাপশন
படத்தின் விளக்கம்|చిత్ర శీర్షిక|ഫോട്ടോ അടിക്കുറിപ്പ്|അടിക്കുറിപ്പ്|કૅપ્શન|ਸੁਰਖੀ|ඡායාරූප විස්තර|titra|antraštė|விளக்கம்|క్యాప్షన్|ಶೀರ್ಷಿಕೆ|क्याप्सन|keterangan foto|keterangan gambar|kapsyen|suratan imej|larawan caption|surat foto
image description|picture description|photo description|descripción de la foto|descripción de la imagen|descripción de imagen|descrição da foto|descrição da imagem|description de la photo|description de l'image|description de l’image
descrizione della foto|descrizione dell'immagine|descrizione dell’immagine|descrierea imaginii|descrierea fotografiei|deskripsi foto|deskripsi gambar|fotoğraf açıklaması|resim açıklaması|görsel açıklaması|kuvan kuvaus|περιγραφή εικόνας|περιγραφή φωτογραφίας
""")

# A player's automatic choice of quality, and other words beside its clock.
AUTOMATIC = _set("""
auto|tự động|automatisch|automatique|automático|automática|automatico|automatic|automatiskt|automatisk|automaattinen|automaatne|automatyczny|automatycznie|automaticky|automatický|automatikus|automată|automatski|automatiškai|automātiski
otomatik|otomatis|avtomatik|авто|автоматически|автоматично|автоматичний|аўто|аўтаматычна|автоматично|аутоматски|автомат|автоматты|αυτόματα|αυτόματη|αυτόματο|ავტო|ავტომატური|ավտո|ավտոմատ
自動|自动|자동|오토|อัตโนมัติ|ອັດຕະໂນມັດ|ស្វ័យប្រវត្តិ|အော်တို|အလိုအလျောက်|تلقائي|آلي|خودکار|اتوماتیک|خودکار طور پر|אוטומטי|אוטו|स्वचालित|ऑटो|स्वयंचलित|स्वतः|স্বয়ংক্রিয়|অটো|தானியங்கி|ఆటో|ಸ್ವಯಂ|ഓട്ടോ|સ્વતઃ|ਆਟੋ|ස්වයං
""")

# Closing words of a text, one or two, in a place where a label is expected.
CLOSING = _set("""
Danke|Gracias|Merci|Thanks|Grazie|Obrigado|Obrigada|Dziękuję|Dziękujemy|Děkuji|Děkujeme|Ďakujem|Köszönöm|Köszönjük|Mulțumesc|Mulțumim|Tack|Takk|Tak|Kiitos|Teşekkürler|Ευχαριστώ|Ευχαριστούμε|Bedankt|Dank|Hvala|Ačiū|Paldies|Aitäh
Gràcies|Eskerrik|Takk|Спасибо|Дякую|Дякуємо|Дзякуй|Благодаря|Хвала|Рахмет|Баярлалаа|მადლობა|Շնորհակալություն|Faleminderit|Salamat|Asante|Rahmat|شكرا|شکریہ|متشکرم|سپاس|ممنون|תודה|धन्यवाद|শুকরিয়া|ধন্যবাদ|நன்றி|ధన్యవాదాలు|ನನ್ನಿ|ಧನ್ಯವಾದ|ಧನ್ಯವಾದಗಳು|നന്ദി|આભાર|ਧੰਨਵਾਦ|ස්තූතියි
ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ຂອບໃຈ|អរគុណ|សូមអរគុណ|ကျေးဇူးတင်ပါတယ်|አመሰግናለሁ|Terimakasih|Ende|Fin|Fine|Finis|Fim|Koniec|Konec|Einde|Slut|Slutt|Loppu|Son|Vége|Sfârșit|Τέλος|Kraj|Конец|Кінець|Край|نهاية|النهاية|پایان|ختم|סוף|समाप्त|সমাপ্ত|จบ|ຈົບ|ចប់|ပြီး|Tamat|Selesai|Wakas
Continuará|Continua|Folytatjuk|Bersambung|Συνεχίζεται|Продолжение|Продължава|Pokračování|Urmează|Fortsättning|Fortsetzung|يتبع|চলবে|தொடரும்|ဆက်ရန်|នៅមានត|ຍັງມີຕໍ່|ยังมีต่อ|つづく|계속|未完待续|未完待續
ขอบคุณมาก|ขอบคุณมากค่ะ|ขอบคุณมากครับ|ຂອບໃຈຫຼາຍໆ|ຂອບໃຈຫຼາຍ|អរគុណច្រើន|ありがとうございました|ありがとうございます|감사합니다|고맙습니다|谢谢|謝謝|谢谢大家|感谢
""")


class _Stems:
    """Beginnings of words; whole words (`$`); ends of compounds (`-`); any part of a word in scripts without case."""

    def __init__(self, text: str) -> None:
        stems = sorted(_set(text))
        self._inside = tuple(stem for stem in stems if stem > "\u0590" or " " in stem)
        self._whole = frozenset(stem[:-1] for stem in stems if stem[-1] == "$")
        self._ends = tuple(stem[1:] for stem in stems if stem[0] == "-")
        self._words = self._whole | {stem.strip("-") for stem in stems}
        self._begins = tuple(stem for stem in stems if stem not in self._inside and stem[0] != "-" and stem[-1] != "$")

    def begin_a_word(self, text: str, words: list[str]) -> bool:
        """Whether one of the stems is in a text, given with its words, in lower case."""
        for word in words:
            if word.startswith(self._begins) or word.endswith(self._ends) or word in self._whole:
                return True
        return not text.isascii() and any(stem in text for stem in self._inside)

    def is_a_word(self, text: str, words: list[str]) -> bool:
        """Whether one of the stems is a whole word of a text, or a part of it in a script without case."""
        return not self._words.isdisjoint(words) or (not text.isascii() and any(stem in text for stem in self._inside))


# A template's token `[ad_2]`, translated: the words for an advertisement.
_ADVERTISING_STEMS = _Stems("""
ad$|ads$|qc$|pub$|advert|advertent|sponsor|promo|quảng cáo|annon|réclame|publicit|publicid|propagand$|pubblicit|publizit|anzeig|-anzeige|werb|inserat|inserzion|reklam|reklaam
reclam|-reklame|-reklam|reklám|ilan$|anunc|anúnc|annunci|anunț|hirdet|ogłosz|oglas|inzer|skelb|sludin|kuulut|mainos|ilmoit|auglýs|iragark|hysbyseb|fógra|riklam|njoft|tangaz|iklan|pariwara|patalast|anunsy|elan$|e'lon
реклам|объявлен|оголошен|обява|оглас|жарнам|жарнак|сурталчил|эълон|аб'ява|διαφ|αγγελ|რეკლამ|գովազդ|إعلان|اعلان|دعاية|آگهی|تبلیغ|اشتہار|פרסומ|פרסום|מודע
विज्ञाप|जाहिर|বিজ্ঞাপ|விளம்பர|ప్రకటన|విజ్ఞాప|ಜಾಹೀರಾತ|പരസ്യ|જાહેરાત|ਇਸ਼ਤਿਹਾਰ|ਵਿਗਿਆਪ|ବିଜ୍ଞାପନ|දැන්වීම|โฆษณา|ໂຄສະນາ|ពាណិជ្ជកម្ម|ផ្សព្វផ្សាយ|ကြော်ငြာ|广告|廣告|推广|推廣|広告|宣伝|광고|ማስታወቂያ
""")

# The words for a link and for a source, as beginnings of words: a short line that holds one of each is a label,
# in any order and case. One row for each family of languages.
_LINK_STEMS = _Stems("""
-link|-links|-länk|-lenke|-linkki|link|lien$|liens$|enlace|enllaç|hiperv|ligaç|ligaz|collegam|länk|lenk|odkaz|odnośnik|hivatkoz|nuorod|saite$|viide|esteka|hlekk|tengil|lidhj|povez|poveznic|veza$|dolen|nasc|víncul|vincul|koppel|legătur|verweis|-verweis
liên kết|đường dẫn|tautan|pautan|kawing|kiungo|havola|keçid|ссыл|посилан|спасыл|връзк|врска|веза|линк|сілтеме|холбоос|шилтеме|пайванд|σύνδεσμ|συνδέσμ|υπερσύνδεσμ|bağlant|ბმულ|հղում|url
リンク|링크|链接|鏈接|連結|连结|链结|鏈結|ลิงก์|ลิงค์|ลิ้งค์|ລິ້ງ|ລິງ|ເຊື່ອມ|តំណ|លីង|လင့်|लिंक|लिङ्क|दुवा|कड़ी|লিঙ্ক|লিংক|இணைப்பு|లింక్|ಲಿಂಕ್|ലിങ്ക്|લિંક|ਲਿੰਕ|ଲିଙ୍କ|සබැඳ|رابط|وصلة|لینک|لنک|پیوند|קישור|לינק|ሊንክ|አገናኝ
""")
# Words for an address stand for a link beside a word for a source alone: others' addresses are text.
_ADDRESS_STEMS = _Stems("""
adres|адрес|διεύθυνσ|アドレス|주소|网址|網址|عنوان|نشانی|آدرس|כתובת
""")
_SOURCE_STEMS = _Stems("""
-quelle|-källa|-kilde|-bron|sourc|quell|käll|fuente|fonte|font$|bron$|bronlink|herkunft|orige|origi|oorsprong|sursă|sursei|sursa|zdroj|źród|forrás|kilde|lähde|lähte|izvor|vir$|vira$|šaltin|avot|allik|burim|iturri|heimild|chanzo|pinag|manba|mənb|kaynak|kaynağ|eredeti|původn|pôvodn|oryginal|orijinal|asli$|asal$|orixe|ffynhon|foins
nguồn|gốc|sumber|источник|исходн|вихідн|первоисточник|першоджерел|оригинал|оригінал|джерел|крыніц|източник|извор|дереккөз|булак|сарчашма|эх сурвалж|πηγή|πρωτότυπ|πηγής|αρχικ|წყარო|աղբյուր
源|元の|引用元|原始|原链|原連|オリジナル|원본|出典|出所|ソース|情報源|元記事|出処|출처|소스|원문|来源|來源|出处|出處|原文|ที่มา|แหล่ง|ต้นฉบับ|ต้นทาง|ແຫຼ່ງ|ທີ່ມາ|ຕົ້ນສະບັບ|ប្រភព|မူရင်း|ရင်းမြစ်|အရင်းအမြစ်|स्रोत|स्त्रोत|मूल|মূল|উৎস|সূত্র|ஆதார|மூல|మూల|ಮೂಲ|ഉറവിട|സ്രോത|સ્રોત|સ્ત્રોત|ਸਰੋਤ|ଉତ୍ସ|මූලාශ්|مصدر|أصلي|منبع|اصلی|ماخذ|ذریعہ|סורס|מקור|ምንጭ
""")


_ALL = (SOURCE, COMMENT, RELATED, TAG, PHOTO, AUTOMATIC, CLOSING)
LONGEST = 4 + max(len(label) for labels in _ALL for label in labels)


def is_known(label: str, labels: frozenset[str]) -> bool:
    """Whether a label, without its colon and vowel points and in any case, is in a set.

    >>> is_known("Quelle:", SOURCE), is_known("מָקוֹר", SOURCE), is_known("Kapitel", SOURCE)
    (True, True, False)
    """
    if len(label) > LONGEST:
        return False
    bare = label.strip(f" .|{COLONS}").casefold()
    return bare in labels or (not bare.isascii() and _POINTS.sub("", bare) in labels)


def names_link(label: str) -> bool:
    """Whether a line is a few words with a word for a link among them.

    >>> names_link("স্রোতের লিংক"), names_link("Linköping")
    (True, False)
    """
    text = label.strip(f" .|{COLONS}").casefold()
    words = _WORD_BREAK.split(text)
    return (
        len(label) <= _LONGEST_LINK_LABEL
        and len(words) <= 5
        and _LINK_STEMS.is_a_word(text, words)
        and not _NO_LABEL.search(text)
    )


def is_source(label: str) -> bool:
    """Whether a label is that of the source line: a known one, or a few words that name a link and a source.

    >>> is_source("Quelle:"), is_source("Lien vers la source"), is_source("来源链接"), is_source("The link")
    (True, True, True, False)
    """
    return is_known(label, SOURCE) or links_to_source(label)


_LONGEST_LINK_LABEL = 40
# Also where a Latin word is glued to one of a script without spaces: `出典URL`.
_WORD_BREAK = re.compile(r"[\s'’-]+|(?<=[\u0370-\u1dff\u2e80-\uffff])(?=[a-z])")
_NO_LABEL = re.compile(r"[\d!?,;\"“”«»]")


def links_to_source(label: str) -> bool:
    """Whether a label is a few words that name a link and a source.

    >>> links_to_source("Link zur Quelle"), links_to_source("Quelle")
    (True, False)
    """
    if len(label) > _LONGEST_LINK_LABEL or not SOURCE:
        return False
    text = label.strip(f" .|{COLONS}").casefold()
    words = _WORD_BREAK.split(text)
    return (
        len(words) <= 6
        and (_LINK_STEMS.begin_a_word(text, words) or _ADDRESS_STEMS.begin_a_word(text, words))
        and _SOURCE_STEMS.begin_a_word(text, words)
        and not _NO_LABEL.search(text)
    )


def names_advertising(words: str) -> bool:
    """Whether one of a few words means an advertisement.

    >>> names_advertising("Anzeige"), names_advertising("khối quảng cáo"), names_advertising("写真")
    (True, True, False)
    """
    text = words.casefold()
    return _ADVERTISING_STEMS.begin_a_word(text, text.split())


def names_caption(text: str) -> bool:
    """Whether a short line is a placeholder for a picture's description.

    >>> names_caption("Photo caption"), names_caption("Resim altyazısı"), names_caption("The reporter")
    (True, True, False)
    """
    folded = text.casefold()
    return any(words in folded for words in CAPTION)


def ends_in_photo(text: str) -> bool:
    """Whether the last word or two of a text are a word for a picture; in scripts without spaces, its last letters.

    >>> ends_in_photo("The harbour - Photo"), ends_in_photo("社區市場圖"), ends_in_photo("Giorno")
    (True, True, False)
    """
    words = text.rstrip("([（【 ").replace("(", "").replace("（", "").replace("[", "").split()[-2:]
    if not words:
        return False
    if is_known(words[-1], PHOTO) or is_known(" ".join(words), PHOTO):
        return True
    last = words[-1].casefold()
    return last > "\u0e00" and last.endswith(_UNSPACED_PHOTO)


def begins_in_photo(text: str) -> bool:
    """Whether a word for a picture begins a text, also after a counter in Chinese or Japanese.

    >>> begins_in_photo("枚目の写真"), begins_in_photo("photo"), begins_in_photo("boats")
    (True, True, False)
    """
    words = text.split()[:2]
    if not words:
        return False
    if is_known(words[0], PHOTO) or is_known(" ".join(words), PHOTO):
        return True
    first = words[0].casefold().lstrip("第张張枚幅目の番")
    return first > "\u0e00" and first.startswith(_UNSPACED_PHOTO)


def speaks_of_photo(text: str) -> bool:
    """Whether a word of a text begins like one for a picture, in any grammatical case.

    >>> speaks_of_photo("Nuotraukos pavadinimas"), speaks_of_photo("The boats")
    (True, False)
    """
    return any(word.startswith(_PHOTO_BEGINNINGS) for word in text.casefold().split())


_PHOTO_BEGINNINGS = tuple(sorted(label[:-1] if len(label) > 5 and label < "\u0e00" else label for label in PHOTO))
_UNSPACED_PHOTO = tuple(sorted(label for label in PHOTO if label > "\u0e00"))
