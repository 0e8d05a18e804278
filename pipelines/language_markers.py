"""Words and letters that mark one language among its neighbours: what the detectors miss in a title of five words.

Two kinds of words, written by hand for this project: the commonest function words, and the words in which close
languages part ways in the news (Indonesian `karena`, Malay `kerana`; Norwegian `etter`, Danish `efter`). A word that
several languages list counts for each of them by its share, so `de` says little and `het` says much.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "en": "the of and to in for on with at by from is are was as its that this has have will be an after over "
    "into their new up it first more not who his her were which how during between towards amid",
    "fr": "le la les du des et un une au aux dans pour sur par avec est sont que qui se en de ce cette son sa "
    "ses plus leur après entre ont été dès lors face vers nouveau nouvelle première d l s qu",
    "de": "der die das und im in den dem des mit von für zu zum zur auf nach ein eine einen einer ist sind als "
    "aus bei vor über um sich nicht wird werden wurde hat haben durch unter neue neuen erste ersten will "
    "gegen am jahr",
    "es": "el los las del y una un con en al por para de la que se su sus más como es son a lo sobre tras entre "
    "hacia nuevo nueva primer primera año este esta ha han hasta desde durante sin",
    "pt": "o os as do da dos das e um uma com em no na nos nas ao à aos às por para de que se seu sua mais não "
    "são é foi sobre entre pelo pela após novo nova primeiro primeira ano este esta até desde durante sem "
    "como",
    "it": "il lo gli i della del dei delle degli di e un una uno con per in nel nella nei alla al ai alle che "
    "più è sono si da dal dalla su sul sulla tra fra nuovo nuova prima primo anno questo questa ha hanno "
    "dopo fino senza come le la",
    "ro": "și în din la cu pe pentru ale al ai cele cel cea un o de să se este sunt au a care prin mai după nou "
    "nouă prima primul lui lor către între spre anul fost într dintre",
    "ca": "els les amb i del dels una un per el la al que és són més seva seu nou nova any aquest aquesta després fins",
    "gl": "unha coa polo pola os as do da dos das co na no máis é son ao á súa seu novo nova",
    "nl": "de het een van en in op voor met bij naar aan uit is zijn wordt worden werd dat die te om door over "
    "tot niet er als hun nieuwe eerste jaar meer na tegen tussen onder heeft hebben deze dit",
    "af": "die van en in op vir met by na aan uit is word dat wat te om deur oor tot nie het hulle nuwe eerste jaar",
    "sv": "och att är för från av inte till på som med den det de i om vid efter sig mellan genom får år en ett "
    "har kan ska blir nya första under mot över sina sin vill fler alla nu när där",
    "no": "og å er for fra av ikke til på som med den det de i om ved etter seg mellom gjennom får år en et har "
    "kan skal blir nye første mot over sine sin vil flere alle nå når der mer noen ble hva oss opp ut uke "
    "språk øker øke økte utvikling utvikle tiltak samarbeid arbeid forebygging besøk statsminister reise "
    "vann vei veier kvinner bygging byggingen investeringene selskap næring fremskynder tar imot byen "
    "sammen også sterkt penger bærekraftig folk fremtiden kulturarven leder landsby landsbyen tusen land "
    "håp fortsetter møte møter meg deg noe mye vært blitt gjør gjøre sier sa uka prosent tonn regjeringen "
    "utenriks landbruk reiseliv barn sykehus lege leger helse syk vær flom skog elv fjell båt skip mat "
    "kjøpe selge arbeidere bedrift bedrifter hjelp hjelpe gi gir ta ha bli selskapet utstilling høytid "
    "feire feirer åpne åpner åpnet åpning nytt høy høyere høyt tradisjonell tradisjonelle nasjonal "
    "nasjonale internasjonal internasjonale blant ettersom likevel igjen inn fram tidligere økende ifølge "
    "flommen fortalte hvordan hvor ganger uker mennesker",
    "da": "og at er for fra af ikke til på som med den det de i om ved efter sig mellem gennem får år en et har "
    "kan skal bliver nye første mod over sine sin vil flere alle nu når der mere nogle nogen blev hvad os "
    "op ud uge sprog øger øge øgede udvikling udvikle tiltag samarbejde arbejde forebyggelse "
    "forebyggelsen besøg premierminister rejse vand vej veje kvinder byggeri byggeriet investeringerne "
    "virksomhed virksomheder erhverv fremskynder modtager modtog byen sammen også stærkt penge bæredygtig "
    "folk fremtiden kulturarven leder landsby landsbyen tusind land håb fortsætter møde møder byder mig "
    "dig noget meget været blevet gør gøre siger sagde ugen procent ton regeringen udenrigs landbrug "
    "turisme børn sygehus læge læger sundhed syg vejr oversvømmelse oversvømmelser skov flod bjerg båd "
    "skib mad købe sælge arbejdere hjælp hjælpe give giver tage tager have blive selskabet udstilling "
    "højtid fejre fejrer åbne åbner åbnede åbning nyt høj højere højt traditionel traditionelle national "
    "nationale international internationale blandt eftersom alligevel igen ind frem tidligere stigende "
    "ifølge fortalte hvordan hvor gange uger mennesker",
    "fi": "ja on ei se että oli kun kuin myös mutta tai joka sekä mukaan vuoden uusi ensimmäinen jälkeen ovat hän",
    "id": "yang di dan dari untuk dengan pada ke dalam ini itu akan tidak bahwa karena bisa dapat saat hingga "
    "oleh sebagai para kota provinsi pemerintah ekspor impor pariwisata wisatawan wisata senin jumat "
    "kamis sabtu minggu maret agustus juni juli mei desember perusahaan uang mobil polisi mengatakan "
    "secara sekitar berbagai warga desa kabupaten bilateral kualitas universitas energi pekan miliar "
    "triliun persen pelestarian melestarikan memperkuat siswa mahasiswa kantor wakil kunjungan rapat "
    "konferensi badai topan tewas korban listrik sore kemarin yaitu kedua layanan informasi penelitian "
    "dokter obat olahraga tim medali pertandingan musik film partai kebijakan investasi investor pasar "
    "tol transportasi perajin pengrajin imlek lebih terhadap antara menjadi tahun baru pertama sepak luar "
    "sektor mencapai rekor dorong sedangkan ketika diperkirakan karyawan kecelakaan dinas jembatan kereta "
    "stasiun gratis saja sangat kini kuartal lalu rata-rata produksi pabrik kebun ia dia dimulai terjadi "
    "coba kecepatan tetap pengunjung lokal internasional nasional publik proyek aktivitas kegiatan "
    "komunitas identitas kapasitas tingkat laki-laki pria anak-anak biaya pajak pembayaran tantangan "
    "keberhasilan berhasil menurut melalui setelah besok menit derajat dijadwalkan jalur rute bandara "
    "penghargaan pameran kerajinan bahasa peserta longsor pemilu menteri pengadilan pendidikan hari "
    "sebelum sedang masih sudah jumlah wilayah merupakan tersebut",
    "ms": "yang di dan dari untuk dengan pada ke dalam ini itu akan tidak bahawa kerana boleh dapat apabila "
    "sehingga oleh sebagai para bandar bandaraya negeri kerajaan eksport import pelancongan pelancong "
    "isnin jumaat khamis sabtu ahad mac ogos jun julai disember syarikat wang kereta polis berkata kira- "
    "kira pelbagai kampung daerah hala kualiti universiti tenaga minggu bilion peratus pemeliharaan "
    "memelihara memperkukuh mengukuhkan pelajar pejabat timbalan lawatan mesyuarat persidangan ribut "
    "taufan maut terkorban mangsa elektrik petang semalam iaitu kedua-dua perkhidmatan maklumat "
    "penyelidikan doktor ubat sukan pasukan pingat perlawanan muzik filem parti dasar pelaburan pelabur "
    "pasaran lebuh pengangkutan tukang sempena baharu lebih kepada daripada terhadap antara menjadi tahun "
    "pertama sepak luar sektor mencapai mencatat cecah luluskan percepatkan alu-alukan giat paras tempoh "
    "ialah turut rancangan pembinaan selepas raya setiap ketara kerjasama encik tan pulihkan persekutuan "
    "rasmi manakala bagi semasa dijangka memaklumkan kakitangan kemalangan berkuasa jabatan jambatan "
    "keretapi stesen tambang percuma sahaja kini suku lepas purata keluaran pengeluaran kilang ladang "
    "beliau bermula berlaku cuba kelajuan laju kekal pelawat tempatan antarabangsa kebangsaan awam projek "
    "aktiviti komuniti identiti kapasiti peringkat lelaki kanak-kanak kos cukai bayaran cabaran kejayaan "
    "berjaya mengikut menerusi susulan esok minit darjah dijadualkan laluan perak penerima anugerah "
    "pameran kraf warga bahasa peserta tanah runtuh hala-dua pembangkang pilihan menteri kabinet mahkamah "
    "pendidikan",
    "tl": "ang ng sa mga na ni si ay para noong nang at kay ito may mula bago dahil isang upang hindi bilang "
    "kanilang ayon ngunit pa rin din naman nasa taon unang bagong sina kasama",
    "ceb": "ang sa mga nga ug ni si kay alang niadtong usa",
    "jv": "ing lan sing kanggo karo saka iki ora wis",
    "pl": "w i z na do się że jest są oraz o po od za dla przez nie to jak który która które przed ze we nowy "
    "nowa pierwszy roku rok przy nad już będzie ma",
    "cs": "a v na se je že s z o do k po od pro při nebo jako ve jsou byl byla který která které také již roku "
    "mezi před pod až nový nová první rok více bude podle jeho její rozvoje město města vlády země zemí "
    "vede ze co své svůj jsem jsme není bylo byly být může mohou musí lidé lidí let dní dne týden měsíc "
    "milionů ministr předseda spolupráce růst vzrostl vzrostla zvýšení snížení investice společnost děti "
    "nemocnice lékař lékaři počasí povodně déšť řeka moře silnice letiště letadlo kultura dědictví "
    "tradice svátek oblast část mezinárodní národní místní uvedl řekl kvůli díky během velmi nyní zítra "
    "státní tak jen aby však těchto tento tato vesnice",
    "sk": "a v na sa je že s z o do k po od pre pri alebo ako vo sú bol bola ktorý ktorá ktoré tiež už roka "
    "medzi pred pod až nový nová prvý prvá rok viac bude podľa jeho jej rozvoja mesto mesta krajiny zo čo "
    "svoje aj ktorí deň som sme nie bolo boli byť môže môžu musí ľudia ľudí rokov dní dňa týždeň mesiac "
    "miliónov minister predseda spolupráca rast vzrástol vzrástla zvýšenie zníženie investície spoločnosť "
    "deti nemocnica lekár lekári počasie povodne dážď rieka more cesta letisko lietadlo kultúra dedičstvo "
    "tradícia sviatok oblasť časť medzinárodný národný miestny uviedol povedal kvôli vďaka počas veľmi "
    "teraz zajtra štátny tak len aby však týchto tento táto dedina",
    "sl": "in v na se je da s z o do k po od za pri ali kot so bil bila ki tudi že leta med pred pod nov nova",
    "hr": "i u na se je da s iz o do k po od za pri ili kao su bio bila koji koja koje također već godine "
    "između nakon novi nova prvi tijekom gdje što europski tisuća vlade",
    "sr": "i u na se je da s iz o do k po od za pri ili kao su bio bila koji koja koje takođe već godine između "
    "nakon novi nova prvi tokom gde šta evropski hiljada vlade posle",
    "hu": "a az és egy hogy nem is meg el ki be le fel ez volt van már még után előtt között szerint új első "
    "évben több mint csak azt ezt lesz",
    "tr": "ve bir bu için ile de da olarak daha çok en gibi sonra önce kadar göre yeni ilk yıl yılın olan var "
    "etti oldu ediyor arasında karşı",
    "vi": "và của các là có được trong cho với không một những người đã tại này về để từ khi đến theo",
    "ru": "и в на не что с по из к от для за как это о его до при также после год года новый новые был была "
    "будет или их все во со через между",
    "uk": "і в на не що з по із до від для за як це про його при також після рік року новий нові був була буде "
    "або їх всі у та зі через між й",
    "bg": "и в на не че с по из към от за как това да се са при също след година нов нови беше ще или във със "
    "през между е първия първата",
    "sr-Cyrl": "и у на не да с по из к од за као то је се су при такође после године нови нова био биће или између",
    "hi": "है हैं में के की का को से और ने पर था थे थी गया गई कि लिए हुई हुआ हुए रहे रही रहा यह इस भी तक साथ "
    "बाद नई नए एक कर करने किया होने अपने वाले जारी जो ही",
    "mr": "आहे आहेत मध्ये आणि यांनी यांच्या येथे होते होता केले केली करण्यात झाला झाली झाले या व असून साठी "
    "पासून नवीन एक हा ही हे च्या ने ला तसेच मोठ्या होत",
    "ne": "छ छन् छैन हो गरे गरेको गरेका गर्ने गर्न भएको भएका पनि र तथा उहाँ थियो थिए भन्ने नयाँ एक यो यस लागि साथ गर्दै बन्दै दिएको भने",
}
_ENDINGS: Mapping[str, str] = {
    # Endings as regular expressions on a lower-case word; each counts as a word of its own language.
    "no": r"sjon(?:en|er)?$|het(?:en)?$|skap$",
    "da": r"tion(?:en|er)?$|hed(?:en)?$|skab$|else[nr]?$|erne$",
    "sv": r"tion(?:en|er)?$|het(?:en)?$|skap$",
    "es": r"ci[oó]n(?:es)?$|dad(?:es)?$",
    "pt": r"ção$|ções$|dades?$",
    "it": r"zion[ei]$|ità$",
    "ro": r"ți(?:e|i|a|ei|ilor)$|ului$|ilor$",
    "cs": r"[^aeiouyáéíóúůý]ní$|ství$|ovat$|ových$",
    "sk": r"nie$|nia$|ovať$|stvo$|ť$|ých$",
    "id": r"itas$|isasi$",
    "ms": r"iti$|iskan$",
    "mr": r"च्या$|ांनी$|मध्ये$|साठी$|ासाठी$|ातील$|ण्या|ाचे$|ाची$|ाचा$",
    "ne": r"को$|का$|लाई$|हरू|मा$|ले$|सँग$|न्छ$",
}
_LETTERS: Mapping[str, str] = {
    # Letters that a language has and its neighbours lack; each kind counts once a text.
    "cs": "řěů",
    "sk": "ľĺŕôä",
    "sv": "äö",
    "no": "æø",
    "da": "æø",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "ro": "șțşţă",
    "pl": "łąęśżźćń",
    "hu": "őű",
    "tr": "ığş",
    "de": "ß",
    "ru": "ыэё",
    "uk": "іїєґ",
    "be": "ўі",
    "sr-Cyrl": "јљњћђџ",
    "mk": "ѓќѕј",
    "mr": "ळ",
    "ur": "ٹڈڑںےھہ",
    "fa": "پچژگ",
    "ar": "ةىإأ",
}

_TOKEN = re.compile(r"[^\W\d_]+(?:[\u0900-\u097f\u200c\u200d-][^\W\d_]*)*")


def _shares(table: Mapping[str, str], split: bool) -> dict[str, dict[str, float]]:
    owners: dict[str, set[str]] = {}
    for language, items in table.items():
        for item in items.split() if split else items:
            owners.setdefault(item, set()).add(language)
    return {item: dict.fromkeys(sorted(languages), 1.0 / len(languages)) for item, languages in owners.items()}


_WORD_SHARES = _shares(_WORDS, split=True)
_LETTER_SHARES = _shares(_LETTERS, split=False)
_ENDING_RULES = {language: re.compile(pattern) for language, pattern in _ENDINGS.items()}


def evidence(text: str) -> dict[str, float]:
    """How much the words, endings and letters of a text speak for each language: a count, absent where nothing does.

    A word of one language alone counts 1, one that n languages share 1/n for each, an ending a third.
    """
    lowered = text.lower()
    scores: dict[str, float] = {}
    for word in _TOKEN.findall(lowered):
        shares = _WORD_SHARES.get(word)
        if shares:
            for language, share in shares.items():
                scores[language] = scores.get(language, 0.0) + share
        elif len(word) > 4:
            for language, rule in _ENDING_RULES.items():
                if rule.search(word):
                    scores[language] = scores.get(language, 0.0) + 0.34
    for letter in sorted(_LETTER_SHARES.keys() & set(lowered)):
        for language, share in _LETTER_SHARES[letter].items():
            scores[language] = scores.get(language, 0.0) + share
    if "sr-Cyrl" in scores:
        scores["sr"] = scores.get("sr", 0.0) + scores.pop("sr-Cyrl")
    return dict(sorted(scores.items()))
