package farm

// Language is the language of the servers, which error texts are in.
type Language string

// The languages that are simulated. English is the default.
const (
	English Language = "en-US"
	German  Language = "de-DE"
	French  Language = "fr-FR"
)

// Language is the language of the organization's servers.
func (f *Farm) Language() Language {
	if f.spec.Language == "" {
		return English
	}
	return f.spec.Language
}
