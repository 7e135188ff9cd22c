// Renders templates with the code of Argo CD's ApplicationSet controller: a JSON object a line in, one out.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
)

type request struct {
	Template   string         `json:"template"`
	Parameters map[string]any `json:"parameters"`
	GoTemplate bool           `json:"goTemplate"`
	Options    []string       `json:"options"`
}

type answer struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked request
		if err := in.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		var said answer
		text, err := (&utils.Render{}).Replace(asked.Template, asked.Parameters, asked.GoTemplate, asked.Options)
		said.Text = text
		if err != nil {
			said.Error = err.Error()
		}
		if err := out.Encode(said); err != nil {
			log.Fatal(err)
		}
	}
}
