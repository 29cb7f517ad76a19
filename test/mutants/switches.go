package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// chosenBy is the environment variable that says which mutant a test program is; without it
// the program is the product as it stands.
const chosenBy = "FEDROUTE_MUTANT"

// reachedIn is the environment variable that says in which file a test program notes the
// numbers of the mutants whose places it reaches; without it the program notes nothing.
const reachedIn = "FEDROUTE_MUTANTS_REACHED"

// chooser is added to each package with mutants.
const chooser = `
import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

// chosenMutant is the number of the mutant that this program is.
var chosenMutant = func() int {
	n, err := strconv.Atoi(os.Getenv("` + chosenBy + `"))
	if err != nil {
		return -1
	}
	return n
}()

var mutantsReached sync.Map

var mutantsReachedIn = func() *os.File {
	path := os.Getenv("` + reachedIn + `")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		panic(err)
	}
	return f
}()

// isMutant reports whether this program is the mutant whose place it has reached.
func isMutant(number int) bool {
	if mutantsReachedIn != nil {
		if _, before := mutantsReached.LoadOrStore(number, true); !before {
			fmt.Fprintln(mutantsReachedIn, number)
		}
	}
	return number == chosenMutant
}
`

// overlay writes all mutants into one copy of the source. A mutant's number is its place in
// the list. Compiled once, the copy is each mutant in turn.
func overlay(folder, root string, mutants []place) (layer, error) {
	byFile := map[string][]int{}
	folders := map[string]string{}
	for i, p := range mutants {
		byFile[p.file] = append(byFile[p.file], i)
		folders[p.pkg] = p.file
	}
	l := layer{folder: folder, replace: map[string]string{}}
	for file, numbers := range byFile {
		text, err := os.ReadFile(file)
		if err != nil {
			return layer{}, err
		}
		switched, err := switchable(text, numbers, mutants)
		if err != nil {
			return layer{}, err
		}
		if err := l.put(file, switched); err != nil {
			return layer{}, err
		}
	}
	for pkg, file := range folders {
		text, err := os.ReadFile(file)
		if err != nil {
			return layer{}, err
		}
		if err := l.put(filepath.Join(root, pkg, "chosen_mutant.go"), []byte("package "+packageOf(text)+"\n"+chooser)); err != nil {
			return layer{}, err
		}
	}
	return l, nil
}

// overlayOfOne is overlay for one mutant that is written into the source without a choice.
func overlayOfOne(folder string, p place) (layer, error) {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return layer{}, err
	}
	l := layer{folder: folder, replace: map[string]string{}}
	if err := l.put(p.file, slices.Concat(text[:p.from], []byte(p.expression(text)), text[p.to:])); err != nil {
		return layer{}, err
	}
	return l, nil
}

// layer is the files that lie over the source.
type layer struct {
	folder  string
	replace map[string]string // by path of the original
}

// put lays a text over a file.
func (l layer) put(original string, text []byte) error {
	original, err := filepath.Abs(original)
	if err != nil {
		return err
	}
	l.replace[original] = filepath.Join(l.folder, strconv.Itoa(len(l.replace))+".go")
	return os.WriteFile(l.replace[original], text, 0o600)
}

// named names in the compiler's words each original in place of its copy.
func (l layer) named(words string) string {
	for original, copied := range l.replace {
		end := filepath.Join(filepath.Base(l.folder), filepath.Base(copied))
		words = regexp.MustCompile(`(?m)^\S*`+regexp.QuoteMeta(end)+`:`).ReplaceAllString(words, original+":")
	}
	return words
}

// write writes the list that the go command reads, and gives its path.
func (l layer) write() (string, error) {
	list, err := json.Marshal(map[string]any{"Replace": l.replace})
	path := filepath.Join(l.folder, "overlay.json")
	return path, errors.Join(err, os.WriteFile(path, list, 0o600))
}

// packageOf is the name in the package clause.
func packageOf(text []byte) string {
	for line := range bytes.Lines(text) {
		if name, is := bytes.CutPrefix(line, []byte("package ")); is {
			return string(bytes.Fields(name)[0])
		}
	}
	return ""
}

// switchable is a file's text with all its mutants in it.
func switchable(text []byte, numbers []int, mutants []place) ([]byte, error) {
	for _, i := range numbers {
		p := mutants[i]
		if end := p.offset + len(p.was); end > len(text) || string(text[p.offset:end]) != p.was {
			return nil, fmt.Errorf("%s changed while mutants were made of it", p.file)
		}
	}
	slices.SortFunc(numbers, func(i, j int) int { // an expression comes before those inside it
		a, b := mutants[i], mutants[j]
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(i, j))
	})
	return []byte(written(text, 0, len(text), numbers, mutants)), nil
}

// written is the text between two offsets, with the mutants there. Only one mutant is chosen
// at a time, so inside the expression of a mutant that is chosen there are no others.
func written(text []byte, from, to int, numbers []int, mutants []place) string {
	if len(numbers) == 0 {
		return string(text[from:to])
	}
	i, p := numbers[0], mutants[numbers[0]]
	inside := 1
	for inside < len(numbers) && mutants[numbers[inside]].to <= p.to {
		inside++
	}
	whole := written(text, p.from, p.to, numbers[1:inside], mutants)
	both := fmt.Sprintf("(!isMutant(%d) && (%s) || isMutant(%d) && (%s))", i, whole, i, p.expression(text))
	if bytes.ContainsRune(text[p.from:p.to], '\n') { // the lines after it keep their numbers
		both += fmt.Sprintf("/*line :%d:%d*/", lineAt(text, p.to), p.to-bytes.LastIndexByte(text[:p.to], '\n'))
	}
	return string(text[from:p.from]) + both + written(text, p.to, to, numbers[inside:], mutants)
}

// lineAt is the number of the line of an offset.
func lineAt(text []byte, offset int) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }

// refusedLine matches a place in the compiler's complaints.
var refusedLine = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):`)

// complains reports whether the compiler complains about the lines of a place.
func (r *refused) complains(p place) bool {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return false
	}
	file, err := filepath.Abs(p.file)
	if err != nil {
		return false
	}
	for _, found := range refusedLine.FindAllStringSubmatch(r.text, -1) {
		line, err := strconv.Atoi(found[2])
		if err == nil && found[1] == file && lineAt(text, p.from) <= line && line <= lineAt(text, p.to) {
			return true
		}
	}
	return false
}
