"""The replica's articles: three stories in fourteen languages, whose paragraphs of one number are translations.

Written for this project; no sentence is taken from the site. `COUNTED` is the sentence that makes each generated
article unique: it takes two numbers, `{n}` and `{m}`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One hand-written article in one language."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of the site's frame in one language; `sections` is in the order of the menu."""

    source: str
    comment: str
    related: tuple[str, str, str]
    sections: tuple[str, ...]


SLUGS = ("cho-noi-luc-binh-minh", "thu-vien-tren-nui", "cay-cau-duong-sat-cu")
PUBLISHERS = ("Báo Sông Nước", "Tạp chí Vùng Cao", "Báo Đường Sắt Mới")


def _story(title: str, lead: str, *paragraphs: str) -> Story:
    return Story(title=title, lead=lead, paragraphs=paragraphs)


def _labels(source: str, comment: str, related: tuple[str, str, str], sections: str) -> Labels:
    return Labels(source=source, comment=comment, related=related, sections=tuple(sections.split("|")))


LABELS: dict[str, Labels] = {
    "vi": _labels(
        "Nguồn",
        "Bình luận",
        ("Cùng chủ đề", "Cùng chuyên mục", "Cùng tác giả"),
        "Di sản|Nhân vật|Doanh nghiệp|Thời sự|Hệ thống chính trị|Địa phương|Sản phẩm",
    ),
    "en": _labels(
        "Source",
        "Comment",
        ("Same tag", "Same category", "Same author"),
        "Heritage|Figure|Enterprise|News|Political System|Destination|Product",
    ),
    "fr": _labels(
        "Source",
        "Comment",
        ("Même sujet", "Même catégorie", "Même auteur"),
        "Patrimoine|Personnage|Entreprise|Actualités|Système politique|Destination|Produit",
    ),
    "de": _labels(
        "Quelle",
        "Kommentar",
        ("Gleiches Thema", "Gleiche Kategorie", "Gleicher Autor"),
        "Erbe|Person|Unternehmen|Nachrichten|Politisches System|Reiseziel|Produkt",
    ),
    "es": _labels(
        "Fuente",
        "Comentario",
        ("Mismo tema", "Misma categoría", "Mismo autor"),
        "Patrimonio|Personaje|Empresa|Noticias|Sistema político|Destino|Producto",
    ),
    "sv": _labels(
        "Källa",
        "Kommentar",
        ("I samma ämne", "I samma kategori", "Av samma författare"),
        "Arv|Person|Företag|Nyheter|Politiskt system|Resmål|Produkt",
    ),
    "id": _labels(
        "Sumber",
        "Komentar",
        ("Tag yang sama", "Kategori yang sama", "Penulis yang sama"),
        "Warisan|Tokoh|Perusahaan|Berita|Sistem Politik|Tujuan|Produk",
    ),
    "ru": _labels(
        "Источник",
        "Комментарий",
        ("Та же тема", "Та же категория", "Тот же автор"),
        "Наследие|Персона|Предприятие|Новости|Политическая система|Направление|Продукт",
    ),
    "uk": _labels(
        "Джерело",
        "Коментар",
        ("Та сама тема", "Та сама категорія", "Той самий автор"),
        "Спадщина|Постать|Підприємство|Новини|Політична система|Напрямок|Продукт",
    ),
    "ja": _labels(
        "出典",
        "コメント",
        ("同じトピック", "同じカテゴリー", "同じ著者"),
        "遺産|人物|企業|ニュース|政治体制|目的地|製品",
    ),
    "ko": _labels(
        "출처",
        "댓글",
        ("같은 태그", "같은 카테고리", "같은 저자"),
        "유산|인물|기업|뉴스|정치 체제|여행지|제품",
    ),
    "th": _labels(
        "ที่มา",
        "การแสดงความคิดเห็น",
        ("หัวข้อเดียวกัน", "หมวดหมู่เดียวกัน", "ผู้เขียนเดียวกัน"),
        "มรดก|บุคคล|องค์กร|ข่าว|ระบบการเมือง|จุดหมาย|ผลิตภัณฑ์",
    ),
    "ar": _labels(
        "المصدر",
        "تعليق",
        ("نفس الموضوع", "نفس الفئة", "نفس المؤلف"),
        "تراث|شخصية|شركة|أخبار|النظام السياسي|وجهة|منتج",
    ),
    "hi": _labels(
        "स्रोत",
        "टिप्पणी",
        ("एक ही विषय", "एक ही श्रेणी", "एक ही लेखक"),
        "विरासत|व्यक्ति|उद्यम|समाचार|राजनीतिक व्यवस्था|गंतव्य|उत्पाद",
    ),
}

COUNTED: dict[str, str] = {
    "vi": "Theo sổ ghi chép của tổ dân phố số {n}, có {m} hộ gia đình đã tham gia trong mùa này.",
    "en": "According to the notebook of neighbourhood group {n}, {m} households took part this season.",
    "fr": "Selon le carnet du groupe de quartier {n}, {m} foyers ont pris part à cette saison.",
    "de": "Nach dem Heft der Nachbarschaftsgruppe {n} nahmen in dieser Saison {m} Haushalte teil.",
    "es": "Según el cuaderno del grupo vecinal {n}, {m} hogares participaron esta temporada.",
    "sv": "Enligt anteckningsboken i grannskapsgrupp {n} deltog {m} hushåll den här säsongen.",
    "id": "Menurut catatan kelompok warga nomor {n}, {m} rumah tangga ikut serta pada musim ini.",
    "ru": "По записям соседской группы № {n}, в этом сезоне участвовали {m} семей.",
    "uk": "За записами сусідської групи № {n}, цього сезону взяли участь {m} родин.",
    "ja": "町内会第{n}組の記録によると、今季は{m}世帯が参加した。",
    "ko": "제{n}주민 모임의 기록에 따르면 이번 철에는 {m}가구가 참여했다.",
    "th": "ตามสมุดบันทึกของกลุ่มชุมชนที่ {n} มีครัวเรือนเข้าร่วม {m} หลังในฤดูกาลนี้",
    "ar": "وفقا لدفتر مجموعة الحي رقم {n} شاركت {m} أسرة في هذا الموسم.",
    "hi": "मोहल्ला समूह {n} की डायरी के अनुसार इस मौसम में {m} परिवारों ने भाग लिया।",
}

STORIES: dict[str, tuple[Story, Story, Story]] = {
    "vi": (
        _story(
            "Chợ nổi thức dậy trước mặt trời",
            "Bốn giờ sáng, khi bờ sông còn tối, những chiếc ghe đầu tiên đã treo đèn.",
            "Bà Sáu chèo ghe bún ra giữa dòng từ năm mười bảy tuổi. Bà bảo khách quen nhận ra bà bằng tiếng gõ muỗng, không phải bằng gương mặt.",
            "Năm nay nước lên chậm, nên người bán trái cây neo ghe sát nhau hơn. Khách bước từ ghe này sang ghe kia mà không cần cầu ván.",
            "Đến tám giờ, dòng sông lại vắng. Người ta hẹn nhau sáng mai, và chỉ còn mùi cà phê ở lại trên mặt nước.",
        ),
        _story(
            "Thư viện nhỏ trên sườn núi",
            "Một thầy giáo trẻ biến căn bếp cũ thành nơi đọc sách cho cả bản.",
            "Thầy Lâm mang lên núi bốn mươi cuốn sách trong hai chiếc gùi. Con đường đất dài mười một cây số và không có xe nào chạy được khi trời mưa.",
            "Bọn trẻ đọc to cho ông bà nghe vào buổi tối. Nhiều cụ chưa từng cầm một cuốn sách nào trong đời.",
            "Bây giờ căn bếp có ba kệ gỗ và một quyển sổ mượn. Chưa một cuốn nào bị mất.",
        ),
        _story(
            "Cây cầu đường sắt cũ có thêm một đời sống",
            "Sau hai năm sửa chữa, cây cầu trăm tuổi mở cửa cho người đi bộ.",
            "Những người thợ thay từng chiếc đinh tán và giữ lại các dầm thép còn tốt. Họ đánh số từng thanh để không thanh nào đặt sai chỗ.",
            "Tàu không còn chạy qua đây, nhưng đường ray vẫn nằm dưới một lớp kính dày. Trẻ em thích nằm xuống nhìn qua đó.",
            "Thành phố hứa giữ lối đi miễn phí. Cuối tuần đầu tiên, hàng nghìn người đã qua cầu dưới cơn mưa nhẹ.",
        ),
    ),
    "en": (
        _story(
            "The floating market wakes before the sun",
            "At four in the morning, while the bank is still dark, the first boats have already hung out their lamps.",
            "Mrs Sau has rowed her noodle boat to midstream since she was seventeen. She says her regular customers know her by the knock of her spoon, not by her face.",
            "The water is rising slowly this year, so the fruit sellers moor closer together. Customers step from boat to boat without needing a plank.",
            "By eight o'clock the river is empty again. People agree to meet the next morning, and only the smell of coffee stays on the water.",
        ),
        _story(
            "A small library on the mountainside",
            "A young teacher has turned an old kitchen into a reading room for the whole village.",
            "Mr Lam carried forty books up the mountain in two baskets. The dirt road is eleven kilometres long and no vehicle can use it when it rains.",
            "In the evening the children read aloud to their grandparents. Many of the old people had never held a book in their lives.",
            "The kitchen now has three wooden shelves and a lending register. Not a single book has been lost so far.",
        ),
        _story(
            "An old railway bridge is given another life",
            "After two years of repairs, the hundred-year-old bridge has opened to people on foot.",
            "The workers replaced the rivets one by one and kept every steel beam that was still sound. They numbered each piece so that none would end up in the wrong place.",
            "Trains no longer cross here, but the rails still lie beneath a thick sheet of glass. Children like to lie down and look through it.",
            "The city has promised to keep the crossing free of charge. On the first weekend thousands of people walked over it in light rain.",
        ),
    ),
    "fr": (
        _story(
            "Le marché flottant s'éveille avant le soleil",
            "À quatre heures du matin, alors que la rive est encore sombre, les premières barques ont déjà suspendu leurs lampes.",
            "Madame Sau mène sa barque de nouilles au milieu du fleuve depuis ses dix-sept ans. Elle dit que ses clients la reconnaissent au bruit de sa cuillère, pas à son visage.",
            "L'eau monte lentement cette année, si bien que les marchands de fruits s'amarrent plus près les uns des autres. Les clients passent d'une barque à l'autre sans planche.",
            "À huit heures, le fleuve est de nouveau vide. On se donne rendez-vous pour le lendemain, et seule l'odeur du café reste sur l'eau.",
        ),
        _story(
            "Une petite bibliothèque à flanc de montagne",
            "Un jeune instituteur a transformé une vieille cuisine en salle de lecture pour tout le village.",
            "Monsieur Lam a monté quarante livres dans deux hottes. Le chemin de terre est long de onze kilomètres et aucun véhicule n'y passe quand il pleut.",
            "Le soir, les enfants lisent à voix haute pour leurs grands-parents. Beaucoup d'anciens n'avaient jamais tenu un livre de leur vie.",
            "La cuisine compte maintenant trois étagères en bois et un registre de prêt. Pas un seul livre n'a été perdu jusqu'ici.",
        ),
        _story(
            "Un vieux pont ferroviaire reçoit une seconde vie",
            "Après deux ans de travaux, le pont centenaire s'est ouvert aux piétons.",
            "Les ouvriers ont remplacé les rivets un à un et gardé toutes les poutres d'acier encore saines. Ils ont numéroté chaque pièce afin qu'aucune ne se retrouve à la mauvaise place.",
            "Les trains ne passent plus ici, mais les rails reposent toujours sous une épaisse plaque de verre. Les enfants aiment s'allonger pour regarder au travers.",
            "La ville a promis que le passage resterait gratuit. Le premier week-end, des milliers de personnes l'ont traversé sous une pluie fine.",
        ),
    ),
    "de": (
        _story(
            "Der schwimmende Markt erwacht vor der Sonne",
            "Um vier Uhr morgens, wenn das Ufer noch dunkel ist, haben die ersten Boote ihre Lampen schon aufgehängt.",
            "Frau Sau rudert ihr Nudelboot seit ihrem siebzehnten Lebensjahr in die Strommitte. Sie sagt, ihre Stammkunden erkennen sie am Klopfen des Löffels und nicht am Gesicht.",
            "Das Wasser steigt in diesem Jahr langsam, deshalb machen die Obsthändler dichter nebeneinander fest. Die Kunden steigen ohne Planke von Boot zu Boot.",
            "Um acht Uhr ist der Fluss wieder leer. Man verabredet sich für den nächsten Morgen, und nur der Geruch von Kaffee bleibt auf dem Wasser.",
        ),
        _story(
            "Eine kleine Bibliothek am Berghang",
            "Ein junger Lehrer hat aus einer alten Küche einen Leseraum für das ganze Dorf gemacht.",
            "Herr Lam trug vierzig Bücher in zwei Körben den Berg hinauf. Der Feldweg ist elf Kilometer lang, und bei Regen kommt dort kein Fahrzeug durch.",
            "Am Abend lesen die Kinder ihren Großeltern laut vor. Viele der Alten hatten in ihrem Leben noch nie ein Buch in der Hand.",
            "Die Küche hat jetzt drei Holzregale und ein Ausleihheft. Bisher ist kein einziges Buch verloren gegangen.",
        ),
        _story(
            "Eine alte Eisenbahnbrücke bekommt ein zweites Leben",
            "Nach zwei Jahren Reparatur ist die hundert Jahre alte Brücke für Fußgänger geöffnet worden.",
            "Die Arbeiter ersetzten die Nieten eine nach der anderen und behielten jeden Stahlträger, der noch gut war. Sie nummerierten jedes Stück, damit keines an die falsche Stelle kam.",
            "Züge fahren hier nicht mehr, aber die Schienen liegen noch unter einer dicken Glasplatte. Kinder legen sich gern hin und schauen hindurch.",
            "Die Stadt hat versprochen, dass der Weg kostenlos bleibt. Am ersten Wochenende gingen Tausende bei leichtem Regen hinüber.",
        ),
    ),
    "es": (
        _story(
            "El mercado flotante despierta antes que el sol",
            "A las cuatro de la mañana, con la orilla todavía a oscuras, las primeras barcas ya han colgado sus lámparas.",
            "La señora Sau rema con su barca de fideos hasta el centro del río desde los diecisiete años. Dice que sus clientes la reconocen por el golpe de la cuchara y no por la cara.",
            "El agua sube despacio este año, así que los vendedores de fruta amarran más juntos. Los clientes pasan de una barca a otra sin necesidad de tablones.",
            "A las ocho el río vuelve a quedar vacío. La gente queda para la mañana siguiente y solo el olor del café permanece sobre el agua.",
        ),
        _story(
            "Una pequeña biblioteca en la ladera",
            "Un joven maestro ha convertido una vieja cocina en sala de lectura para toda la aldea.",
            "El señor Lam subió cuarenta libros a la montaña en dos cestos. El camino de tierra mide once kilómetros y ningún vehículo puede pasar cuando llueve.",
            "Por la noche los niños leen en voz alta a sus abuelos. Muchos ancianos nunca habían tenido un libro en las manos.",
            "La cocina tiene ahora tres estantes de madera y un cuaderno de préstamos. Hasta hoy no se ha perdido ni un solo libro.",
        ),
        _story(
            "Un viejo puente ferroviario recibe otra vida",
            "Tras dos años de reparaciones, el puente centenario se ha abierto a los peatones.",
            "Los obreros cambiaron los remaches uno por uno y conservaron todas las vigas de acero en buen estado. Numeraron cada pieza para que ninguna acabara en un lugar equivocado.",
            "Los trenes ya no pasan por aquí, pero los raíles siguen bajo una gruesa lámina de vidrio. A los niños les gusta tumbarse y mirar a través de ella.",
            "La ciudad ha prometido que el paso seguirá siendo gratuito. El primer fin de semana miles de personas lo cruzaron bajo una lluvia fina.",
        ),
    ),
    "sv": (
        _story(
            "Den flytande marknaden vaknar före solen",
            "Klockan fyra på morgonen, när stranden ännu är mörk, har de första båtarna redan hängt ut sina lampor.",
            "Fru Sau har rott sin nudelbåt ut till flodens mitt sedan hon var sjutton år. Hon säger att stamkunderna känner igen henne på skedens knackning och inte på ansiktet.",
            "Vattnet stiger långsamt i år, så fruktförsäljarna förtöjer närmare varandra. Kunderna kliver från båt till båt utan att behöva någon planka.",
            "Klockan åtta är floden tom igen. Man bestämmer träff till nästa morgon, och bara doften av kaffe blir kvar över vattnet.",
        ),
        _story(
            "Ett litet bibliotek på bergssluttningen",
            "En ung lärare har gjort ett gammalt kök till läsrum för hela byn.",
            "Herr Lam bar fyrtio böcker uppför berget i två korgar. Grusvägen är elva kilometer lång och inget fordon kommer fram när det regnar.",
            "På kvällen läser barnen högt för sina mor- och farföräldrar. Många av de gamla hade aldrig hållit i en bok i hela sitt liv.",
            "Köket har nu tre trähyllor och en utlåningsbok. Hittills har inte en enda bok försvunnit.",
        ),
        _story(
            "En gammal järnvägsbro får ett nytt liv",
            "Efter två års reparationer har den hundraåriga bron öppnats för gående.",
            "Arbetarna bytte nitarna en efter en och behöll varje stålbalk som ännu var hel. De numrerade varje del så att ingen skulle hamna på fel plats.",
            "Tågen går inte längre här, men rälsen ligger kvar under en tjock glasskiva. Barnen tycker om att lägga sig ner och titta genom den.",
            "Staden har lovat att övergången ska förbli gratis. Under den första helgen gick tusentals människor över den i ett lätt regn.",
        ),
    ),
    "id": (
        _story(
            "Pasar terapung bangun sebelum matahari",
            "Pukul empat pagi, ketika tepi sungai masih gelap, perahu-perahu pertama sudah menggantungkan lampu.",
            "Ibu Sau mendayung perahu mi ke tengah sungai sejak berumur tujuh belas tahun. Katanya, para pelanggan mengenalnya dari ketukan sendok, bukan dari wajah.",
            "Air naik perlahan tahun ini, sehingga para penjual buah menambatkan perahu lebih rapat. Pembeli melangkah dari satu perahu ke perahu lain tanpa papan.",
            "Pada pukul delapan sungai kembali sepi. Orang berjanji bertemu keesokan pagi, dan hanya aroma kopi yang tertinggal di atas air.",
        ),
        _story(
            "Perpustakaan kecil di lereng gunung",
            "Seorang guru muda mengubah dapur tua menjadi ruang baca bagi seluruh desa.",
            "Pak Lam membawa empat puluh buku ke atas gunung dalam dua keranjang. Jalan tanah itu panjangnya sebelas kilometer dan tidak bisa dilewati kendaraan ketika hujan.",
            "Pada malam hari anak-anak membaca keras-keras untuk kakek dan nenek mereka. Banyak orang tua yang belum pernah memegang buku seumur hidup.",
            "Dapur itu kini memiliki tiga rak kayu dan sebuah buku catatan pinjaman. Sejauh ini belum ada satu buku pun yang hilang.",
        ),
        _story(
            "Jembatan kereta tua mendapat kehidupan baru",
            "Setelah dua tahun diperbaiki, jembatan berusia seratus tahun itu dibuka untuk pejalan kaki.",
            "Para pekerja mengganti paku keling satu per satu dan mempertahankan setiap balok baja yang masih baik. Mereka memberi nomor pada setiap bagian agar tidak ada yang salah tempat.",
            "Kereta tidak lagi lewat di sini, tetapi relnya masih terbaring di bawah kaca tebal. Anak-anak suka berbaring dan melihat melaluinya.",
            "Kota berjanji bahwa penyeberangan akan tetap gratis. Pada akhir pekan pertama ribuan orang berjalan melintasinya di bawah hujan ringan.",
        ),
    ),
    "ru": (
        _story(
            "Плавучий рынок просыпается раньше солнца",
            "В четыре часа утра, когда берег ещё тёмный, первые лодки уже вывесили фонари.",
            "Госпожа Сау выводит свою лодку с лапшой на середину реки с семнадцати лет. Она говорит, что постоянные покупатели узнают её по стуку ложки, а не по лицу.",
            "В этом году вода поднимается медленно, поэтому торговцы фруктами швартуются теснее. Покупатели переходят с лодки на лодку без всяких досок.",
            "К восьми часам река снова пустеет. Люди договариваются о встрече на следующее утро, и над водой остаётся только запах кофе.",
        ),
        _story(
            "Маленькая библиотека на склоне горы",
            "Молодой учитель превратил старую кухню в читальню для всей деревни.",
            "Господин Лам поднял в горы сорок книг в двух корзинах. Грунтовая дорога тянется на одиннадцать километров, и в дождь по ней не проедет ни одна машина.",
            "По вечерам дети читают вслух бабушкам и дедушкам. Многие старики никогда в жизни не держали в руках книги.",
            "Теперь на кухне стоят три деревянные полки и лежит журнал выдачи. Пока не пропала ни одна книга.",
        ),
        _story(
            "Старый железнодорожный мост получил вторую жизнь",
            "После двух лет ремонта столетний мост открыли для пешеходов.",
            "Рабочие заменили заклёпки одну за другой и сохранили каждую целую стальную балку. Они пронумеровали все детали, чтобы ни одна не оказалась на чужом месте.",
            "Поезда здесь больше не ходят, но рельсы по-прежнему лежат под толстым стеклом. Дети любят ложиться и смотреть сквозь него.",
            "Город обещал, что проход останется бесплатным. В первые выходные тысячи людей прошли по нему под лёгким дождём.",
        ),
    ),
    "uk": (
        _story(
            "Плавучий ринок прокидається раніше за сонце",
            "О четвертій ранку, коли берег ще темний, перші човни вже вивісили ліхтарі.",
            "Пані Сау виводить свій човен із локшиною на середину річки з сімнадцяти років. Вона каже, що постійні покупці впізнають її за стукотом ложки, а не за обличчям.",
            "Цього року вода піднімається повільно, тож продавці фруктів стають тісніше. Покупці переходять із човна на човен без жодної дошки.",
            "О восьмій річка знову порожня. Люди домовляються про зустріч наступного ранку, і над водою лишається тільки запах кави.",
        ),
        _story(
            "Маленька бібліотека на схилі гори",
            "Молодий учитель перетворив стару кухню на читальню для всього села.",
            "Пан Лам підняв у гори сорок книжок у двох кошиках. Ґрунтова дорога має одинадцять кілометрів, і в дощ нею не проїде жодна машина.",
            "Увечері діти читають уголос своїм бабусям і дідусям. Багато старих людей ніколи в житті не тримали в руках книжки.",
            "Тепер на кухні є три дерев'яні полиці та журнал видачі. Досі не зникла жодна книжка.",
        ),
        _story(
            "Старий залізничний міст отримав друге життя",
            "Після двох років ремонту столітній міст відкрили для пішоходів.",
            "Робітники замінили заклепки одну за одною і зберегли кожну цілу сталеву балку. Вони пронумерували всі деталі, щоб жодна не опинилася не на своєму місці.",
            "Поїзди тут більше не ходять, але рейки досі лежать під товстим склом. Діти люблять лягати й дивитися крізь нього.",
            "Місто пообіцяло, що прохід лишиться безкоштовним. У перші вихідні тисячі людей пройшли ним під легким дощем.",
        ),
    ),
    "ja": (
        _story(
            "水上市場は日の出より先に目を覚ます",
            "午前四時、岸がまだ暗いうちに、最初の舟はもう灯りをつるしている。",
            "サウさんは十七歳のときから麺の舟を川の真ん中までこいでいる。常連客は顔ではなく、さじをたたく音で自分だと分かるのだと話す。",
            "今年は水かさがゆっくり増えているので、果物売りはいつもより舟を寄せてつないでいる。客は板を渡さなくても舟から舟へ移ることができる。",
            "八時になると川はまた静かになる。人々は翌朝の再会を約束し、水の上にはコーヒーの香りだけが残る。",
        ),
        _story(
            "山の斜面にある小さな図書館",
            "若い教師が古い台所を村のみんなのための読書室に変えた。",
            "ラム先生は二つのかごに四十冊の本を入れて山へ運んだ。土の道は十一キロもあり、雨が降るとどんな車も通れない。",
            "夜になると子どもたちは祖父母に声を出して本を読む。お年寄りの多くは、それまで一度も本を手にしたことがなかった。",
            "今では台所に三つの木の棚と貸し出し帳がある。これまでに失われた本は一冊もない。",
        ),
        _story(
            "古い鉄道橋が第二の人生を得る",
            "二年にわたる修理を終え、百年前の橋が歩行者に開放された。",
            "作業員たちは鋲を一本ずつ取り替え、まだ使える鋼の梁はすべて残した。どの部材も間違った場所に置かれないように番号を付けた。",
            "列車はもうここを通らないが、線路は今も厚いガラスの下に横たわっている。子どもたちは寝そべってのぞき込むのが好きだ。",
            "市は通行を無料のままにすると約束した。最初の週末には、小雨の中を何千人もの人が渡った。",
        ),
    ),
    "ko": (
        _story(
            "수상 시장은 해보다 먼저 깨어난다",
            "새벽 네 시, 강가가 아직 어두울 때 첫 배들은 이미 등을 내걸었다.",
            "사우 씨는 열일곱 살 때부터 국수 배를 저어 강 한가운데로 나간다. 단골손님은 얼굴이 아니라 숟가락 두드리는 소리로 자신을 알아본다고 그는 말한다.",
            "올해는 물이 천천히 불어나서 과일 장수들이 배를 더 가까이 맨다. 손님들은 널빤지 없이도 이 배에서 저 배로 건너간다.",
            "여덟 시가 되면 강은 다시 텅 빈다. 사람들은 다음 날 아침을 기약하고, 물 위에는 커피 향만 남는다.",
        ),
        _story(
            "산비탈의 작은 도서관",
            "한 젊은 교사가 낡은 부엌을 온 마을을 위한 독서실로 바꾸었다.",
            "람 선생은 바구니 두 개에 책 마흔 권을 담아 산으로 올렸다. 흙길은 십일 킬로미터나 되고 비가 오면 어떤 차도 다닐 수 없다.",
            "저녁이면 아이들이 할아버지와 할머니에게 소리 내어 책을 읽어 준다. 많은 노인은 평생 책을 손에 쥐어 본 적이 없었다.",
            "이제 부엌에는 나무 책장 세 개와 대출 장부가 있다. 지금까지 잃어버린 책은 한 권도 없다.",
        ),
        _story(
            "오래된 철교가 두 번째 삶을 얻다",
            "두 해 동안의 보수를 마치고 백 년 된 다리가 보행자에게 열렸다.",
            "인부들은 못을 하나씩 갈고 아직 멀쩡한 강철 들보는 모두 남겨 두었다. 어느 것도 잘못된 자리에 놓이지 않도록 부품마다 번호를 매겼다.",
            "기차는 더 이상 이곳을 지나지 않지만 선로는 여전히 두꺼운 유리 아래에 놓여 있다. 아이들은 엎드려서 그 속을 들여다보기를 좋아한다.",
            "시는 통행을 무료로 유지하겠다고 약속했다. 첫 주말에는 수천 명이 가랑비 속에 다리를 건넜다.",
        ),
    ),
    "th": (
        _story(
            "ตลาดน้ำตื่นก่อนดวงอาทิตย์",
            "ตีสี่ ขณะที่ริมฝั่งยังมืดอยู่ เรือลำแรก ๆ ก็แขวนตะเกียงไว้แล้ว",
            "ป้าเซาพายเรือขายก๋วยเตี๋ยวออกไปกลางแม่น้ำตั้งแต่อายุสิบเจ็ดปี เธอบอกว่าลูกค้าประจำจำเธอได้จากเสียงเคาะช้อน ไม่ใช่จากใบหน้า",
            "ปีนี้น้ำขึ้นช้า คนขายผลไม้จึงผูกเรือไว้ใกล้กันมากขึ้น ลูกค้าก้าวจากเรือลำหนึ่งไปยังอีกลำได้โดยไม่ต้องใช้แผ่นไม้",
            "พอถึงแปดโมงแม่น้ำก็ว่างเปล่าอีกครั้ง ผู้คนนัดพบกันในเช้าวันรุ่งขึ้น เหลือเพียงกลิ่นกาแฟลอยอยู่เหนือน้ำ",
        ),
        _story(
            "ห้องสมุดเล็ก ๆ บนไหล่เขา",
            "ครูหนุ่มคนหนึ่งเปลี่ยนครัวเก่าให้เป็นห้องอ่านหนังสือของทั้งหมู่บ้าน",
            "ครูลัมแบกหนังสือสี่สิบเล่มขึ้นเขาในตะกร้าสองใบ ถนนดินยาวสิบเอ็ดกิโลเมตรและไม่มีรถคันใดผ่านได้เมื่อฝนตก",
            "ตอนเย็นเด็ก ๆ อ่านหนังสือออกเสียงให้ปู่ย่าตายายฟัง ผู้เฒ่าหลายคนไม่เคยจับหนังสือเลยตลอดชีวิต",
            "ตอนนี้ในครัวมีชั้นไม้สามชั้นและสมุดยืมหนึ่งเล่ม จนถึงวันนี้ยังไม่มีหนังสือหายแม้แต่เล่มเดียว",
        ),
        _story(
            "สะพานรถไฟเก่าได้ชีวิตใหม่",
            "หลังการซ่อมแซมสองปี สะพานอายุร้อยปีก็เปิดให้คนเดินข้าม",
            "ช่างเปลี่ยนหมุดย้ำทีละตัวและเก็บคานเหล็กที่ยังดีไว้ทุกท่อน พวกเขาใส่หมายเลขให้ทุกชิ้นเพื่อไม่ให้ชิ้นใดวางผิดที่",
            "รถไฟไม่ได้วิ่งผ่านที่นี่อีกแล้ว แต่รางยังคงอยู่ใต้แผ่นกระจกหนา เด็ก ๆ ชอบนอนลงแล้วมองลอดลงไป",
            "เมืองสัญญาว่าจะให้ข้ามได้โดยไม่เสียเงิน ในสุดสัปดาห์แรกมีคนหลายพันคนเดินข้ามท่ามกลางฝนโปรย",
        ),
    ),
    "ar": (
        _story(
            "السوق العائم يستيقظ قبل الشمس",
            "في الرابعة صباحا، بينما لا تزال الضفة مظلمة، تكون القوارب الأولى قد علقت مصابيحها.",
            "تجدف السيدة ساو بقارب الحساء إلى وسط النهر منذ كانت في السابعة عشرة من عمرها. وتقول إن زبائنها يعرفونها من طرق الملعقة لا من وجهها.",
            "ترتفع المياه ببطء هذا العام، لذلك يرسو باعة الفاكهة متقاربين أكثر. وينتقل الزبائن من قارب إلى آخر دون حاجة إلى لوح خشبي.",
            "عند الساعة الثامنة يخلو النهر من جديد. يتواعد الناس على اللقاء في الصباح التالي، ولا يبقى فوق الماء سوى رائحة القهوة.",
        ),
        _story(
            "مكتبة صغيرة على سفح الجبل",
            "حول معلم شاب مطبخا قديما إلى قاعة قراءة للقرية كلها.",
            "حمل السيد لام أربعين كتابا إلى الجبل في سلتين. يبلغ طول الطريق الترابي أحد عشر كيلومترا ولا تستطيع أي مركبة عبوره عند هطول المطر.",
            "في المساء يقرأ الأطفال بصوت عال لأجدادهم. ولم يكن كثير من المسنين قد أمسكوا كتابا في حياتهم.",
            "في المطبخ الآن ثلاثة رفوف خشبية وسجل للإعارة. ولم يضع حتى اليوم كتاب واحد.",
        ),
        _story(
            "جسر قديم للسكك الحديدية ينال حياة ثانية",
            "بعد عامين من الإصلاح فتح الجسر الذي بلغ مئة عام أمام المشاة.",
            "استبدل العمال المسامير واحدا تلو الآخر وأبقوا على كل عارضة فولاذية ما زالت سليمة. ورقموا كل قطعة حتى لا توضع أي منها في غير مكانها.",
            "لم تعد القطارات تمر من هنا، لكن القضبان ما زالت ممددة تحت لوح زجاجي سميك. ويحب الأطفال أن يستلقوا وينظروا من خلاله.",
            "وعدت المدينة بأن يبقى العبور مجانيا. وفي عطلة نهاية الأسبوع الأولى عبره آلاف الناس تحت مطر خفيف.",
        ),
    ),
    "hi": (
        _story(
            "तैरता बाज़ार सूरज से पहले जागता है",
            "सुबह चार बजे, जब किनारे पर अभी अँधेरा है, पहली नावें अपने दीये टाँग चुकी होती हैं।",
            "श्रीमती साउ सत्रह साल की उम्र से अपनी नूडल की नाव नदी के बीच तक खेती हैं। वे कहती हैं कि पुराने ग्राहक उन्हें चेहरे से नहीं, चम्मच की आवाज़ से पहचानते हैं।",
            "इस साल पानी धीरे-धीरे चढ़ रहा है, इसलिए फल बेचने वाले अपनी नावें पास-पास बाँधते हैं। ग्राहक बिना तख्ते के एक नाव से दूसरी नाव पर चले जाते हैं।",
            "आठ बजे तक नदी फिर खाली हो जाती है। लोग अगली सुबह मिलने का वादा करते हैं और पानी पर केवल कॉफ़ी की महक रह जाती है।",
        ),
        _story(
            "पहाड़ की ढलान पर एक छोटा पुस्तकालय",
            "एक युवा शिक्षक ने पुरानी रसोई को पूरे गाँव के लिए वाचनालय बना दिया।",
            "श्री लाम दो टोकरियों में चालीस किताबें पहाड़ पर ले गए। कच्ची सड़क ग्यारह किलोमीटर लंबी है और बारिश में कोई गाड़ी उस पर नहीं चल सकती।",
            "शाम को बच्चे अपने दादा-दादी को ज़ोर से पढ़कर सुनाते हैं। कई बुज़ुर्गों ने जीवन में कभी किताब हाथ में नहीं ली थी।",
            "अब रसोई में लकड़ी की तीन अलमारियाँ और उधार का एक रजिस्टर है। अब तक एक भी किताब नहीं खोई है।",
        ),
        _story(
            "पुराने रेल पुल को दूसरा जीवन मिला",
            "दो साल की मरम्मत के बाद सौ साल पुराना पुल पैदल चलने वालों के लिए खुल गया।",
            "मज़दूरों ने एक-एक कर कीलें बदलीं और हर अच्छी इस्पात की शहतीर को बचाए रखा। उन्होंने हर हिस्से पर नंबर लिखा ताकि कोई भी ग़लत जगह न लगे।",
            "अब यहाँ से रेलगाड़ियाँ नहीं गुज़रतीं, लेकिन पटरियाँ आज भी मोटे काँच के नीचे पड़ी हैं। बच्चों को लेटकर उसके आर-पार देखना अच्छा लगता है।",
            "शहर ने वादा किया है कि रास्ता मुफ़्त रहेगा। पहले सप्ताहांत में हज़ारों लोग हल्की बारिश में इस पर चले।",
        ),
    ),
}
