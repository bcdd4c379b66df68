"""Figures to know, never a failure: file lengths, share of comments, headers in a folder, test lines."""

from collections import Counter

PRODUCT = ("agent", "cli", "common")


def _percentile(sorted_values, percent):
    return sorted_values[min(len(sorted_values) - 1, len(sorted_values) * percent // 100)] if sorted_values else 0


def _comment_share(files):
    lines = [line.strip() for file in files for line in file.text.splitlines() if line.strip()]
    return 100 * sum(line.startswith("//") for line in lines) // max(1, len(lines))


def _lines(files):
    return sorted(len(file.text.splitlines()) for file in files)


def check(tree):
    product = tree.cpp_in(*PRODUCT)
    sources, tests = _lines(product), _lines(tree.cpp_in("tests"))
    print(f"source files {len(sources)}: median {_percentile(sources, 50)}, p95 {_percentile(sources, 95)} lines (aim 120, 400)")
    for file in sorted(product, key=lambda f: -len(f.text.splitlines()))[:5]:
        print(f"  {len(file.text.splitlines()):5} {file.path}")
    print(f"test lines for each source line: {sum(tests) / max(1, sum(sources)):.2f} (aim 0.8 to 1.2)")
    headers = [f for f in product if f.suffix == ".hpp"]
    print(f"comments: headers {_comment_share(headers)} % (aim 15 to 25), "
          f".cpp {_comment_share([f for f in product if f.suffix == '.cpp'])} % (aim 3 to 10)")
    for folder, count in Counter(f.folder for f in headers).most_common(3):
        print(f"  {count:3} headers in {folder} (aim up to 15)")
    return []
