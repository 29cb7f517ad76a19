package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// redirect applies 2>&1, > file and the like to streams. The returned function must be
// called at the end of the command: it writes the files.
func (f *frame) redirect(list []syntax.Redirection, s streams) (streams, func(), error) {
	var files []*redirectedFile
	finish := func() {
		for _, file := range files {
			file.close()
		}
	}
	// The files come first, so that a stream merged into the output goes to the output's file.
	for _, r := range list {
		r, ok := r.(*syntax.FileRedirection)
		if !ok {
			continue
		}
		file, err := f.redirectFile(r)
		if err != nil {
			return s, finish, err
		}
		files = append(files, file)
		s = s.replace(r.From, file.add)
	}
	for _, r := range list {
		r, ok := r.(*syntax.MergingRedirection)
		if !ok {
			continue
		}
		if r.To != outputStream {
			return s, finish, f.refuse("a redirection to stream " + r.To.String())
		}
		s = s.replace(r.From, s[outputStream])
	}
	return s, finish, nil
}

// replace puts a sink in the place of one stream, or of all.
func (s streams) replace(which syntax.Stream, to sink) streams {
	if which != syntax.AllStreams {
		s[which] = to
		return s
	}
	for i := outputStream; i <= informationStream; i++ {
		s[i] = to
	}
	return s
}

// redirectedFile gathers lines for a file of the virtual disk. A redirection to $null
// drops them.
type redirectedFile struct {
	frame  *frame
	path   string
	append bool
	text   strings.Builder
}

func (f *frame) redirectFile(r *syntax.FileRedirection) (*redirectedFile, error) {
	v, err := f.eval(r.Target)
	if err != nil {
		return nil, err
	}
	if f.outermost {
		return nil, f.noProvider("FileSystem")
	}
	return &redirectedFile{frame: f, path: value.Text(v), append: r.Append}, nil
}

func (r *redirectedFile) add(v any) error {
	for _, line := range r.frame.rs.Render([]any{v}) {
		r.text.WriteString(line + "\r\n")
	}
	return nil
}

func (r *redirectedFile) close() {
	if r.path == "" {
		return
	}
	files := r.frame.rs.env.Files
	var old []byte
	if r.append {
		old, _ = files.ReadFile(r.path)
	}
	_ = files.WriteFile(r.path, append(old, r.text.String()...))
	r.path = ""
}
