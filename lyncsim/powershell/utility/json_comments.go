package utility

import "strings"

// withoutComments replaces the comments of a JSON text by blanks, because PowerShell 7
// ignores them. A comment goes from // to the end of the line, or from /* to */. Inside
// a string these characters begin no comment.
func withoutComments(text string) string {
	var b strings.Builder
	for text != "" {
		at := strings.IndexAny(text, `"/`)
		if at < 0 || at+1 == len(text) {
			break
		}
		b.WriteString(text[:at])
		text = text[at:]
		used := 1
		switch {
		case text[0] == '"':
			used = stringLength(text)
		case text[1] == '/':
			b.WriteByte(' ')
			text = text[upTo(text, "\n"):]
			continue
		case text[1] == '*':
			b.WriteByte(' ')
			text = text[min(upTo(text, "*/")+len("*/"), len(text)):]
			continue
		}
		b.WriteString(text[:used])
		text = text[used:]
	}
	return b.String() + text
}

// stringLength is the length of the string that a text begins with.
func stringLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func upTo(text, end string) int {
	if at := strings.Index(text, end); at >= 0 {
		return at
	}
	return len(text)
}
