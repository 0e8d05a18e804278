"""The words of the site's imprint and of its boxes, which Vietnamese articles use as well."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "Đội cứu hộ bờ biển vừa nhận thêm ba chiếc xuồng máy mới trước mùa bão, mỗi chiếc chở được tám người cùng phao.",
    "Các thành viên đều là ngư dân trong xã, ban ngày đi lưới, ban đêm thay nhau trực ở chòi canh trên mũi đá.",
]
IMPRINT = ["Chịu trách nhiệm: Nguyễn Văn Bình", "Giấy phép số 12/GP ngày 3/4/2024", "Trụ sở: 1 phố Cũ"]


def article(*lines: str) -> Article:
    """The article of the body with these lines below it."""
    found = extract(TextPage(url="https://www.vietnam.vn/bai-viet", text="\n".join([*BODY, *lines])))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Trụ sở của đội nằm ngay dưới chân hải đăng, cách bến cá chừng hai trăm mét về phía nam.",
            "Chịu trách nhiệm trông coi xuồng là hai anh em ông Tư, thay nhau từ sáng sớm đến nửa đêm.",
        ],
        [
            "Cục trưởng Lê Văn Tám cho biết, đội sẽ được cấp thêm máy bộ đàm trước tháng chín năm nay.",
            "Giấy phép hoạt động được cấp lại cho đội với thời hạn năm năm và không thu thêm khoản phí nào.",
            "Mùa tới, đội sẽ mở lớp dạy bơi miễn phí cho trẻ em.",
        ],
        ["Công ty Xuồng Cứu Hộ Mũi Đá", "Trụ sở: 12 phố Bến", "Giấy phép kinh doanh: 0123456789"],
    ],
)
def test_an_office_and_its_permit_may_be_the_articles_own(lines: list[str]) -> None:
    """Paragraphs that begin with such words, and the address of a company, which nobody answers for in an imprint."""
    assert list(article(*lines).paragraphs) == [*BODY, *lines]


def test_the_imprint_goes() -> None:
    """The inverse: with the ministry's name or who answers for the site."""
    for lines in (IMPRINT, IMPRINT[:2], ["CỤC THÔNG TIN CƠ SỞ", *IMPRINT[1:]]):
        found = article(*lines)
        assert list(found.paragraphs) == BODY
        assert {x.rule for x in found.stripped} == {"site-footer"}


def test_headings_of_parts_may_be_those_of_boxes() -> None:
    """Paragraphs below each of them, and the source line at the end; headlines below them are boxes."""
    more = [text[:-1] + " như mọi năm." for text in BODY]
    source = "Nguồn: https://baotest.vn/doi-cuu-ho-bo-bien-12345.html"
    lines = ["Cùng chủ đề", more[0], "Cùng chuyên mục", more[1]]
    assert list(article(*lines, source).paragraphs) == [*BODY, *lines]
    boxes = ["Cùng chủ đề", "Đèn biển sáng lại", "Cùng chuyên mục", "Chợ cá dời sang bến mới"]
    assert list(article(*boxes, source).paragraphs) == BODY
